//! One member of an MLS group (RFC 9420), made from an implementation that is not ours, for the interop test.
//!
//! `mls-peer <credential>` is one member. Each line of its input is a command with its arguments, each line of its
//! output the answer: `ok` with its results, or `error` with a reason. Every argument and result is bytes in hex
//! (`-` for none), except leaves and epochs, which are decimal, leaves with commas between them. What would be sent is an
//! MLSMessage; a commit takes effect at once for the member that makes it.
//!
//! | command | results |
//! |---|---|
//! | `keypackage` | key package |
//! | `create <group id>` | |
//! | `join <welcome>` | |
//! | `commit <leaves> <key package>…` | commit, Welcome: Removes and Adds, or nothing but a path |
//! | `process <commit>` | `removed` when it removes this member |
//! | `protect <text> <aad>` | message |
//! | `unprotect <message>` | credential of the sender, text, aad |
//! | `roster` | `leaf:credential` of every member |
//! | `authenticator` | epoch, epoch authenticator |

use mls_rs::client_builder::{MlsConfig, PaddingMode};
use mls_rs::group::{CommitEffect, Member, ReceivedMessage};
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::mls_rules::{DefaultMlsRules, EncryptionOptions};
use mls_rs::{CipherSuite, CipherSuiteProvider, Client, CryptoProvider, Group, MlsMessage};
use mls_rs_crypto_rustcrypto::RustCryptoProvider;
use std::error::Error;
use std::io::{BufRead, Write};

type Answer = Result<Vec<String>, Box<dyn Error>>;

/// MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, the suite every implementation has.
const SUITE: CipherSuite = CipherSuite::CURVE25519_AES128;

struct Peer<C: MlsConfig> {
    client: Client<C>,
    group: Option<Group<C>>,
}

fn make_client(credential: Vec<u8>) -> Result<Client<impl MlsConfig>, Box<dyn Error>> {
    let crypto = RustCryptoProvider::default();
    let suite = crypto.cipher_suite_provider(SUITE).ok_or("no such suite")?;
    let (secret, public) = suite.signature_key_generate()?;
    let identity = SigningIdentity::new(BasicCredential::new(credential).into_credential(), public);
    // Commits travel as PrivateMessages; padding on, because a receiver has to take any.
    let encryption = EncryptionOptions::new(true, PaddingMode::StepFunction);
    Ok(Client::builder()
        .identity_provider(BasicIdentityProvider)
        .crypto_provider(crypto)
        .mls_rules(DefaultMlsRules::new().with_encryption_options(encryption))
        .signing_identity(identity, secret, SUITE)
        .build())
}

impl<C: MlsConfig> Peer<C> {
    fn answer(&mut self, command: &str, arguments: &[&str]) -> Answer {
        match (command, arguments) {
            ("keypackage", []) => self.key_package(),
            ("create", [id]) => self.create(id),
            ("join", [welcome]) => self.join(welcome),
            ("commit", [leaves, packages @ ..]) => self.commit(leaves, packages),
            ("process", [commit]) => self.process(commit),
            ("protect", [text, aad]) => self.protect(text, aad),
            ("unprotect", [sealed]) => self.unprotect(sealed),
            ("roster", []) => self.roster(),
            ("authenticator", []) => self.authenticator(),
            _ => Err("no such command".into()),
        }
    }

    fn group(&mut self) -> Result<&mut Group<C>, Box<dyn Error>> {
        self.group.as_mut().ok_or_else(|| "not in a group".into())
    }

    fn key_package(&self) -> Answer {
        let message = self.client.generate_key_package_message(Default::default(), Default::default(), None)?;
        Ok(vec![encode(&message.to_bytes()?)])
    }

    fn create(&mut self, id: &str) -> Answer {
        let group = self.client.create_group_with_id(decode(id)?, Default::default(), Default::default(), None)?;
        self.group = Some(group);
        Ok(vec![])
    }

    fn join(&mut self, welcome: &str) -> Answer {
        let (group, _) = self.client.join_group(None, &message(welcome)?, None)?;
        self.group = Some(group);
        Ok(vec![])
    }

    fn commit(&mut self, remove: &str, add: &[&str]) -> Answer {
        let group = self.group()?;
        let mut builder = group.commit_builder();
        for leaf in remove.split(',').filter(|leaf| *leaf != "-") {
            builder = builder.remove_member(leaf.parse()?)?;
        }
        for package in add {
            builder = builder.add_member(message(package)?)?;
        }
        let made = builder.build()?;
        group.apply_pending_commit()?;
        let mut results = vec![encode(&made.commit_message().to_bytes()?)];
        for welcome in made.welcome_messages() {
            results.push(encode(&welcome.to_bytes()?));
        }
        Ok(results)
    }

    fn process(&mut self, commit: &str) -> Answer {
        let ReceivedMessage::Commit(done) = self.group()?.process_incoming_message(message(commit)?)? else {
            return Err("not a commit".into());
        };
        Ok(match done.effect {
            CommitEffect::Removed { .. } => vec!["removed".into()],
            _ => vec![],
        })
    }

    fn protect(&mut self, text: &str, aad: &str) -> Answer {
        let sealed = self.group()?.encrypt_application_message(&decode(text)?, decode(aad)?)?;
        Ok(vec![encode(&sealed.to_bytes()?)])
    }

    fn unprotect(&mut self, sealed: &str) -> Answer {
        let group = self.group()?;
        let ReceivedMessage::ApplicationMessage(opened) = group.process_incoming_message(message(sealed)?)? else {
            return Err("not a message".into());
        };
        let sender = group.roster().member_with_index(opened.sender_index)?;
        Ok(vec![credential_of(&sender)?, encode(opened.data()), encode(&opened.authenticated_data)])
    }

    fn roster(&mut self) -> Answer {
        let members = self.group()?.roster().members();
        members.iter().map(|member| Ok(format!("{}:{}", member.index, credential_of(member)?))).collect()
    }

    fn authenticator(&mut self) -> Answer {
        let group = self.group()?;
        let epoch = group.current_epoch().to_string();
        Ok(vec![epoch, encode(group.epoch_authenticator()?.as_bytes())])
    }
}

fn encode(bytes: &[u8]) -> String {
    if bytes.is_empty() { "-".into() } else { hex::encode(bytes) }
}

fn decode(text: &str) -> Result<Vec<u8>, hex::FromHexError> {
    if text == "-" { Ok(vec![]) } else { hex::decode(text) }
}

fn credential_of(member: &Member) -> Result<String, Box<dyn Error>> {
    let credential = member.signing_identity.credential.as_basic().ok_or("not a basic credential")?;
    Ok(encode(&credential.identifier))
}

fn message(text: &str) -> Result<MlsMessage, Box<dyn Error>> {
    Ok(MlsMessage::from_bytes(&decode(text)?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let credential = std::env::args().nth(1).ok_or("usage: mls-peer <credential in hex>")?;
    let mut peer = Peer { client: make_client(decode(&credential)?)?, group: None };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [command, arguments @ ..] = words.as_slice() else { continue };
        match peer.answer(command, arguments) {
            Ok(results) => writeln!(output, "{}", ["ok".into(), results.join(" ")].join(" ").trim_end())?,
            Err(error) => writeln!(output, "error {}", error.to_string().replace('\n', " "))?,
        }
        output.flush()?;
    }
    Ok(())
}
