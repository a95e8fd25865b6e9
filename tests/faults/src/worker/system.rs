//! Stands between the program and the system: these functions take the place of the C library's in this binary, for the
//! product's own code and for SQLite alike. Each call that changes a file under the root is counted, and one of them can end
//! the process (before it, after it, or half-way through a write), or fail, or be noted down with what it wrote.
//!
//! Everything is passed on by the system call itself, so that nothing here can call back into these functions.

use std::ffi::CStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use libc::{c_char, c_int, c_long, c_uint, c_void, mode_t, off64_t, size_t, ssize_t};
use tekram_faults::plan::{Fault, Moment, Plan};
use tekram_faults::tape::Tape;

/// Nothing is looked at before and after the plan is in force.
static ARMED: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State::new());

struct State {
    root: Vec<u8>,
    plan: Plan,
    /// Calls so far that the plan counts.
    calls: u64,
    /// The kind of each call, for a plan that counts.
    kinds: String,
    tape: Tape,
    /// Where the tape of a process goes that is killed.
    kept: Option<PathBuf>,
}

impl State {
    const fn new() -> Self {
        Self {
            root: Vec::new(),
            plan: Plan::Count,
            calls: 0,
            kinds: String::new(),
            tape: Tape::new(),
            kept: None,
        }
    }
}

/// From now on `plan` is in force for everything under `root`. With a `tape`, which lies elsewhere, what was done until the plan
/// kills the process is there afterwards.
pub fn arm(root: &Path, plan: Plan, tape: Option<&Path>) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    state.root = root.as_os_str().as_bytes().to_vec();
    state.plan = plan;
    state.kept = tape.map(Path::to_owned);
    drop(state);
    ARMED.store(true, Ordering::SeqCst);
}

/// Ends the plan. The kinds of the calls that were counted, and what was noted down.
pub fn disarm() -> (String, Tape) {
    ARMED.store(false, Ordering::SeqCst);
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    (
        std::mem::take(&mut state.kinds),
        std::mem::replace(&mut state.tape, Tape::new()),
    )
}

/// Notes down what was said at this moment.
pub fn said(line: &str) {
    if ARMED.load(Ordering::SeqCst) {
        STATE.lock().unwrap_or_else(PoisonError::into_inner).tape.said(line);
    }
}

/// A call as it is made by the plan.
enum Turn {
    /// As it is, and then the end of the process if it says so.
    Whole { last: bool },
    /// Only so many bytes of a write or read; then the end of the process, or this error at the next call.
    Part { bytes: usize, last: bool },
    /// Not at all: this error.
    Refused(c_int),
}

impl State {
    fn counts(&self, kind: char) -> bool {
        match &self.plan {
            Plan::Count | Plan::Kill { .. } | Plan::Record => kind != 'p',
            Plan::Fail { fault, .. } => fault.concerns(kind),
        }
    }

    fn turn(&mut self, kind: char, bytes: usize) -> Turn {
        if !self.counts(kind) {
            return Turn::Whole { last: false };
        }
        self.calls += 1;
        match self.plan {
            Plan::Count => {
                self.kinds.push(kind);
                Turn::Whole { last: false }
            }
            Plan::Record => Turn::Whole { last: false },
            Plan::Kill { at, .. } if at != self.calls => Turn::Whole { last: false },
            Plan::Kill { moment, .. } => match moment {
                Moment::Before => die(self),
                Moment::After => Turn::Whole { last: true },
                Moment::Half { permille } if kind == 'w' && bytes > 1 => Turn::Part {
                    bytes: (bytes * usize::from(permille) / 1000).clamp(1, bytes - 1),
                    last: true,
                },
                Moment::Half { .. } => die(self),
            },
            Plan::Fail { fault, first, until } => {
                self.kinds.push(kind);
                if self.calls < first || self.calls >= until {
                    return Turn::Whole { last: false };
                }
                match fault {
                    // Every second full disk still takes a part of what is written.
                    Fault::NoSpace
                        if kind == 'w' && bytes > 1 && self.calls.is_multiple_of(2) && self.calls + 1 < until =>
                    {
                        Turn::Part {
                            bytes: bytes / 2,
                            last: false,
                        }
                    }
                    Fault::NoSpace => Turn::Refused(libc::ENOSPC),
                    Fault::WriteError | Fault::SyncError | Fault::ReadError => Turn::Refused(libc::EIO),
                    Fault::ShortRead | Fault::ShortWrite if bytes > 1 => Turn::Part {
                        bytes: bytes / 2,
                        last: false,
                    },
                    Fault::ShortRead | Fault::ShortWrite => Turn::Whole { last: false },
                }
            }
        }
    }
}

/// The one way this process ends: as `kill -9` does it.
fn die(state: &State) -> ! {
    if let Some(file) = &state.kept {
        // These calls are nobody's. A tape that is not there is noticed by whoever reads it.
        ARMED.store(false, Ordering::SeqCst);
        let _ = state.tape.save(file);
    }
    call(
        libc::SYS_kill,
        [call(libc::SYS_getpid, []), c_long::from(libc::SIGKILL)],
    );
    loop {
        std::hint::spin_loop();
    }
}

#[allow(unsafe_code, reason = "the system call that the C library would make")]
fn call<const N: usize>(number: c_long, arguments: [c_long; N]) -> c_long {
    let at = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // SAFETY: the arguments are those that the caller gave to the C library's function of the same name.
    unsafe { libc::syscall(number, at(0), at(1), at(2), at(3), at(4), at(5)) }
}

#[allow(unsafe_code, reason = "errno is the C library's")]
fn refuse(error: c_int) -> c_long {
    // SAFETY: the location is the calling thread's own.
    unsafe { *libc::__errno_location() = error };
    -1
}

fn errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// The path of an open file.
fn path_of(file: c_int) -> Vec<u8> {
    let link = format!("/proc/self/fd/{file}\0");
    let mut path = vec![0_u8; 4096];
    let length = call(
        libc::SYS_readlinkat,
        [
            c_long::from(libc::AT_FDCWD),
            link.as_ptr() as c_long,
            path.as_mut_ptr() as c_long,
            4096,
        ],
    );
    path.truncate(usize::try_from(length).unwrap_or(0));
    path
}

/// A path as it is meant, from the root of the file system.
#[allow(unsafe_code, reason = "a path comes as the C library's string")]
fn whole_path(folder: c_int, path: *const c_char) -> Vec<u8> {
    if path.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller gives what the C library takes, a string that ends with a zero.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    if path.first() == Some(&b'/') || folder == libc::AT_FDCWD {
        return path.to_vec();
    }
    let mut whole = path_of(folder);
    whole.push(b'/');
    whole.extend_from_slice(path);
    whole
}

/// Length and number (inode) of a file, of its place, and whether it is a regular one.
#[allow(unsafe_code, reason = "the system fills a struct")]
fn about(file: c_int, path: Option<*const c_char>) -> Option<libc::stat64> {
    // SAFETY: all zeros is a value of this struct of numbers.
    let mut found: libc::stat64 = unsafe { std::mem::zeroed() };
    let empty = c"".as_ptr();
    let flags = if path.is_some() { 0 } else { libc::AT_EMPTY_PATH };
    let done = call(
        libc::SYS_newfstatat,
        [
            c_long::from(file),
            path.unwrap_or(empty) as c_long,
            (&raw mut found) as c_long,
            c_long::from(flags),
        ],
    );
    (done == 0).then_some(found)
}

fn is_under(root: &[u8], path: &[u8]) -> bool {
    path.strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'/'))
}

/// Makes one call by the plan, if it is one that the plan looks at.
fn on_file(
    kind: char,
    file: c_int,
    bytes: usize,
    act: impl Fn(usize) -> c_long,
    note: impl FnOnce(&mut Tape, usize),
) -> c_long {
    if !ARMED.load(Ordering::SeqCst) {
        return act(bytes);
    }
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if !state.counts(kind) || !is_under(&state.root, &path_of(file)) {
        drop(state);
        return act(bytes);
    }
    by_turn(&mut state, kind, bytes, act, note)
}

/// The same for a call on names.
fn on_path(kind: char, path: &[u8], act: impl Fn(usize) -> c_long, note: impl FnOnce(&mut Tape)) -> c_long {
    if !ARMED.load(Ordering::SeqCst) {
        return act(0);
    }
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_under(&state.root, path) {
        drop(state);
        return act(0);
    }
    by_turn(&mut state, kind, 0, act, |tape, _| note(tape))
}

fn by_turn(
    state: &mut State,
    kind: char,
    bytes: usize,
    act: impl Fn(usize) -> c_long,
    note: impl FnOnce(&mut Tape, usize),
) -> c_long {
    let (bytes, last) = match state.turn(kind, bytes) {
        Turn::Refused(error) => return refuse(error),
        Turn::Whole { last } => (bytes, last),
        Turn::Part { bytes, last } => (bytes, last),
    };
    let done = act(bytes);
    let error = errno();
    if (matches!(state.plan, Plan::Record) || state.kept.is_some())
        && let Ok(done) = usize::try_from(done)
    {
        note(&mut state.tape, done);
    }
    if last {
        die(state);
    }
    if done < 0 { refuse(error) } else { done }
}

#[allow(unsafe_code, reason = "what is written comes as the C library's pointer and length")]
fn written(from: *const c_void, bytes: usize) -> Vec<u8> {
    // SAFETY: the system has just read these bytes from there.
    unsafe { std::slice::from_raw_parts(from.cast::<u8>(), bytes) }.to_vec()
}

fn write_at(file: c_int, from: *const c_void, bytes: size_t, at: Option<off64_t>) -> ssize_t {
    let begins = || match at {
        Some(at) => u64::try_from(at).unwrap_or(0),
        None => 0,
    };
    let here = if at.is_none() && ARMED.load(Ordering::SeqCst) {
        position(file)
    } else {
        begins()
    };
    let done = on_file(
        'w',
        file,
        bytes,
        |bytes| match at {
            Some(at) => call(
                libc::SYS_pwrite64,
                [c_long::from(file), from as c_long, bytes as c_long, at],
            ),
            None => call(libc::SYS_write, [c_long::from(file), from as c_long, bytes as c_long]),
        },
        |tape, done| {
            if let Some(about) = about(file, None) {
                tape.write(about.st_ino, here, &written(from, done));
            }
        },
    );
    done as ssize_t
}

/// Where the next write of a file goes.
fn position(file: c_int) -> u64 {
    let flags = call(libc::SYS_fcntl, [c_long::from(file), c_long::from(libc::F_GETFL)]);
    if flags & c_long::from(libc::O_APPEND) != 0 {
        return about(file, None).map_or(0, |about| u64::try_from(about.st_size).unwrap_or(0));
    }
    let at = call(libc::SYS_lseek, [c_long::from(file), 0, c_long::from(libc::SEEK_CUR)]);
    u64::try_from(at).unwrap_or(0)
}

fn read_at(file: c_int, to: *mut c_void, bytes: size_t, at: Option<off64_t>) -> ssize_t {
    let done = on_file(
        'p',
        file,
        bytes,
        |bytes| match at {
            Some(at) => call(
                libc::SYS_pread64,
                [c_long::from(file), to as c_long, bytes as c_long, at],
            ),
            None => call(libc::SYS_read, [c_long::from(file), to as c_long, bytes as c_long]),
        },
        |_, _| {},
    );
    done as ssize_t
}

fn open_at(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let act = |_| {
        call(
            libc::SYS_openat,
            [
                c_long::from(folder),
                path as c_long,
                c_long::from(flags),
                c_long::from(mode),
            ],
        )
    };
    if !ARMED.load(Ordering::SeqCst) || flags & (libc::O_CREAT | libc::O_TRUNC) == 0 {
        return act(0) as c_int;
    }
    let before = about(folder, Some(path));
    if before.is_some_and(|before| flags & libc::O_TRUNC == 0 || before.st_size == 0) {
        // Nothing changes.
        return act(0) as c_int;
    }
    let whole = whole_path(folder, path);
    let file = on_path('c', &whole, act, |tape| {
        if let Some(after) = about(folder, Some(path)) {
            match before {
                Some(_) => tape.cut(after.st_ino, 0),
                None => tape.create(&whole, after.st_ino),
            }
        }
    });
    file as c_int
}

fn sync(number: c_long, file: c_int) -> c_int {
    let done = on_file(
        's',
        file,
        0,
        |_| call(number, [c_long::from(file)]),
        |tape, _| {
            if let Some(about) = about(file, None) {
                if about.st_mode & libc::S_IFMT == libc::S_IFDIR {
                    tape.sync_folder(&path_of(file));
                } else {
                    tape.sync(about.st_ino);
                }
            }
        },
    );
    done as c_int
}

fn cut(file: c_int, length: off64_t) -> c_int {
    let act = |_| call(libc::SYS_ftruncate, [c_long::from(file), length]);
    let done = on_file('t', file, 0, act, |tape, _| {
        if let Some(about) = about(file, None) {
            tape.cut(about.st_ino, u64::try_from(length).unwrap_or(0));
        }
    });
    done as c_int
}

fn rename_at(from_folder: c_int, from: *const c_char, to_folder: c_int, to: *const c_char, flags: c_uint) -> c_int {
    let (old, new) = (whole_path(from_folder, from), whole_path(to_folder, to));
    let act = |_| {
        call(
            libc::SYS_renameat2,
            [
                c_long::from(from_folder),
                from as c_long,
                c_long::from(to_folder),
                to as c_long,
                c_long::from(flags),
            ],
        )
    };
    on_path('r', &new, act, |tape| tape.rename(&old, &new)) as c_int
}

fn unlink_at(folder: c_int, path: *const c_char, flags: c_int) -> c_int {
    let whole = whole_path(folder, path);
    let act = |_| {
        call(
            libc::SYS_unlinkat,
            [c_long::from(folder), path as c_long, c_long::from(flags)],
        )
    };
    on_path('u', &whole, act, |tape| tape.unlink(&whole)) as c_int
}

fn make_folder_at(folder: c_int, path: *const c_char, mode: mode_t) -> c_int {
    let whole = whole_path(folder, path);
    let act = |_| {
        call(
            libc::SYS_mkdirat,
            [c_long::from(folder), path as c_long, c_long::from(mode)],
        )
    };
    on_path('m', &whole, act, |tape| tape.make_folder(&whole)) as c_int
}

/// The names that the C library has.
#[allow(unsafe_code, reason = "these functions take the place of the C library's")]
#[allow(missing_docs, reason = "their documentation is POSIX")]
mod names {
    use super::*;

    const HERE: c_int = libc::AT_FDCWD;

    #[unsafe(no_mangle)]
    pub extern "C" fn write(file: c_int, from: *const c_void, bytes: size_t) -> ssize_t {
        write_at(file, from, bytes, None)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn pwrite(file: c_int, from: *const c_void, bytes: size_t, at: off64_t) -> ssize_t {
        write_at(file, from, bytes, Some(at))
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn pwrite64(file: c_int, from: *const c_void, bytes: size_t, at: off64_t) -> ssize_t {
        write_at(file, from, bytes, Some(at))
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn read(file: c_int, to: *mut c_void, bytes: size_t) -> ssize_t {
        read_at(file, to, bytes, None)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn pread(file: c_int, to: *mut c_void, bytes: size_t, at: off64_t) -> ssize_t {
        read_at(file, to, bytes, Some(at))
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn pread64(file: c_int, to: *mut c_void, bytes: size_t, at: off64_t) -> ssize_t {
        read_at(file, to, bytes, Some(at))
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(HERE, path, flags, mode)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(HERE, path, flags | libc::O_LARGEFILE, mode)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn openat(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(folder, path, flags, mode)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn openat64(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(folder, path, flags | libc::O_LARGEFILE, mode)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn fsync(file: c_int) -> c_int {
        sync(libc::SYS_fsync, file)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn fdatasync(file: c_int) -> c_int {
        sync(libc::SYS_fdatasync, file)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn ftruncate(file: c_int, length: off64_t) -> c_int {
        cut(file, length)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn ftruncate64(file: c_int, length: off64_t) -> c_int {
        cut(file, length)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
        rename_at(HERE, from, HERE, to, 0)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn renameat(from_folder: c_int, from: *const c_char, to_folder: c_int, to: *const c_char) -> c_int {
        rename_at(from_folder, from, to_folder, to, 0)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn renameat2(
        from_folder: c_int,
        from: *const c_char,
        to_folder: c_int,
        to: *const c_char,
        flags: c_uint,
    ) -> c_int {
        rename_at(from_folder, from, to_folder, to, flags)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn unlink(path: *const c_char) -> c_int {
        unlink_at(HERE, path, 0)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn rmdir(path: *const c_char) -> c_int {
        unlink_at(HERE, path, libc::AT_REMOVEDIR)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn unlinkat(folder: c_int, path: *const c_char, flags: c_int) -> c_int {
        unlink_at(folder, path, flags)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
        make_folder_at(HERE, path, mode)
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn mkdirat(folder: c_int, path: *const c_char, mode: mode_t) -> c_int {
        make_folder_at(folder, path, mode)
    }

    // Copies inside the system: refused, so that the standard library reads and writes instead.
    #[unsafe(no_mangle)]
    pub extern "C" fn copy_file_range(
        _from: c_int,
        _from_at: *mut off64_t,
        _to: c_int,
        _to_at: *mut off64_t,
        _bytes: size_t,
        _flags: c_uint,
    ) -> ssize_t {
        refuse(libc::ENOSYS) as ssize_t
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn sendfile64(_to: c_int, _from: c_int, _at: *mut off64_t, _bytes: size_t) -> ssize_t {
        refuse(libc::ENOSYS) as ssize_t
    }
    #[unsafe(no_mangle)]
    pub extern "C" fn splice(
        _from: c_int,
        _from_at: *mut off64_t,
        _to: c_int,
        _to_at: *mut off64_t,
        _bytes: size_t,
        _flags: c_uint,
    ) -> ssize_t {
        refuse(libc::ENOSYS) as ssize_t
    }
}
