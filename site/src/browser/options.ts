/** How the index is made and read: both sides must agree. */
export const options = {
  fields: ['title', 'text'],
  storeFields: ['title', 'page'],
  searchOptions: { boost: { title: 3 }, prefix: true, combineWith: 'AND' as const },
};
