//! Enums with a stable code for each case, as the store, settings and JSON have it.

/// Makes an enum whose cases have codes: serde, `Display` and [`str`] all use the code, and a code that was once given
/// stays what it means.
macro_rules! coded {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$case_meta:meta])* $case:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug,
            Clone,
            Copy,
            PartialEq,
            Eq,
            Hash,
            PartialOrd,
            Ord,
            serde::Serialize,
            serde::Deserialize,
            schemars::JsonSchema,
        )]
        pub enum $name {
            $($(#[$case_meta])* #[serde(rename = $code)] $case,)+
        }

        impl $name {
            /// Every case.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// Its stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$case => $code,)+
                }
            }

            /// The case with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|case| case.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }
    };
}

pub(crate) use coded;
