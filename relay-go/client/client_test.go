package client

import "testing"

func TestTheSourceIsSentAsItIs(t *testing.T) {
	files := Files()
	if files == nil {
		t.Skip("the web client is not built in: npm run build:relay-go")
	}
	source, packed := files["/source.tar.gz"]
	if !packed || source.Type != "application/gzip" || source.Gzip() != nil || source.IsPage || source.Immutable {
		t.Errorf("HT-11 HT-19 the source is not sent as the archive that it is: %v, %q", packed, source.Type)
	}
	if page := files["/"]; page.Gzip() == nil {
		t.Error("HT-19 the page has no shorter form")
	}
}
