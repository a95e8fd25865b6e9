//! Everything that looks at Tekram from outside: journeys with real counterparts, the story, the benches.
//!
//! Nothing of the product depends on this package.
