//! Long work that ends in an unlocked persona, which is handed over once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::persona::Persona;

/// Where the work leaves the persona until somebody takes it. When nobody does, it locks with the task's end.
#[derive(Clone, Default)]
pub(crate) struct Unlocked(Arc<Mutex<Option<Arc<Persona>>>>);

impl Unlocked {
    pub(crate) fn set(&self, persona: Arc<Persona>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(persona);
    }

    pub(crate) fn take(&self) -> Option<Arc<Persona>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Makes the object that front ends hold for work that ends in a persona.
macro_rules! unlocking_task {
    ($(#[$doc:meta])* $Name:ident, $Report:ty) => {
        $(#[$doc])*
        #[derive(uniffi::Object)]
        pub struct $Name {
            task: $crate::task::Task<$crate::vault::WorkProgress, $Report>,
            unlocked: $crate::vault::Unlocked,
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($Name))
            }
        }

        #[uniffi::export]
        impl $Name {
            /// Waits for the next progress; nothing when the work is over. Work goes through steps, each with its own total.
            pub async fn next(&self) -> Option<$crate::vault::WorkProgress> {
                self.task.next().await
            }

            /// Waits for the end and gives the report. May be asked again.
            ///
            /// # Errors
            /// `cancelled`, `paused`, `closed`, and those of the work.
            pub async fn finish(&self) -> Result<$Report, $crate::error::TekramError> {
                self.task.finish().await
            }

            /// The unlocked persona, once, after the end; locked again when this object goes before it was taken.
            pub fn persona(&self) -> Option<std::sync::Arc<$crate::persona::Persona>> {
                self.unlocked.take()
            }

            /// Ends the work; nothing half done is left behind.
            pub fn cancel(&self) {
                self.task.cancel();
            }
        }
    };
}

pub(crate) use unlocking_task;
