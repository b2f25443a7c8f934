import { expect, test } from './src/story.ts';

test('SK-9 RL-3 who joins late sees nothing that was said before', async ({ someone }) => {
  const [ada, ben, late] = [await someone(), await someone(), await someone()];
  const fragment = await ada.opensRoom({ people: 3 });
  await ben.joins(fragment, 'Ben');
  await ada.says('said before, by Ada');
  await ben.says('said before, by Ben');
  await late.joins(fragment, 'Late');
  await ada.sees('Late joined');
  await ada.says('said after');
  await late.sees('said after');
  await expect(late.page.getByText('said before')).toHaveCount(0);
  await late.says('hello');
  await ben.sees('hello');
});
