using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools;

/// <summary>The few calls of Linux's C library that .NET does not offer.</summary>
internal static partial class Libc
{
    public const int OpenForReading = 0;
    public const int OpenWithoutBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenPathOnly = 0x200000;

    public const int SetDescriptorFlags = 2;
    public const int CloseOnExec = 1;

    public const nint IgnoreSignal = 1;
    public const int SetSignalMask = 2;
    public const int SignalSetBytes = 128;

    public const int CurrentFolder = -100;
    public const int DoNotFollow = 0x100;
    public const int EmptyPath = 0x1000;
    public const uint BasicStatus = 0x7ff;

    public const int RemoveFolder = 0x200;

    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int ArgumentsTooLong = 7;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int NameTooLong = 36;
    public const int NotAFolder = 20;
    public const int NotEmpty = 39;

    public const int OpenForBoth = 2;
    public const int OpenNoControllingTerminal = 0x100;
    public const int InputOutputError = 5;
    public const int Interrupted = 4;

    public const int DuplicateDescriptor = 1030;
    public const int SetStatusFlags = 4;

    public const uint SetWindowSize = 0x5414;
    public const uint GetForegroundGroup = 0x540f;
    public const uint GetTerminalAttributes = 0x5401;
    public const uint SetTerminalAttributes = 0x5402;

    public const int PollAdd = 1, PollRemove = 2, PollChange = 3;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, Signal signal);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint Handle(Signal signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int Inspect(Signal signal, nint change, Span<nint> current);

    /// <summary>The calling thread's.</summary>
    [LibraryImport("libc", EntryPoint = "sigprocmask", SetLastError = true)]
    public static partial int SetBlocked(int how, ReadOnlySpan<byte> signals, Span<byte> before);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>The path ends in a NUL.</summary>
    [LibraryImport("libc", EntryPoint = "open")]
    public static partial int Open(ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", EntryPoint = "opendir")]
    public static partial nint OpenFolder(ReadOnlySpan<byte> path);

    /// <summary>The path ends in a NUL.</summary>
    [LibraryImport("libc", EntryPoint = "readlink")]
    public static partial nint ReadLink(ReadOnlySpan<byte> path, Span<byte> target, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint call, nint first, nint second, nint third = 0, nint fourth = 0);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Status(int folder, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int Remove(int folder, ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, Span<byte> target, nint size);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>The system call, which unlike the library's function also tells what was used.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint WaitId(nint call, int kind, int id, Span<byte> signal, int options, Span<byte> usage);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantTerminal(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockTerminal(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    public static partial int TerminalName(SafeFileHandle master, Span<byte> name, nint size);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int ControlTerminal(SafeFileHandle terminal, nuint request, Span<byte> value);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ChangePoll(int poll, int operation, SafeFileHandle descriptor, ReadOnlySpan<byte> interest);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitPoll(int poll, Span<byte> ready, int count, int timeout);
}
