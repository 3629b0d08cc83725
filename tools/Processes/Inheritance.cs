using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes;

/// <summary>Keeps from children what they would inherit of this process by accident.</summary>
internal static class Inheritance
{
    private const int LastSignal = 64;

    // A C function that takes a number and touches nothing. A handler in C# could run where managed code must not.
    private static readonly nint DoNothing = NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Libc).Assembly, null), "abs");

    // What this process was started with as ignored: by nohup, as a shell's background job.
    private static readonly Signal[] Ignored = FindIgnored();

    private static readonly Lock Gate = new();

    /// <summary>
    /// Starts a process with no signal ignored or blocked, whatever started this one. A shell can't undo what it has inherited:
    /// "yes | head" would end with an error message, and an interrupt would do nothing.
    /// </summary>
    public static void Start(Process process)
    {
        var blocked = new byte[Libc.SignalSetBytes];
        _ = Libc.SetBlocked(Libc.SetSignalMask, new byte[Libc.SignalSetBytes], blocked);
        try
        {
            if (Ignored.Length == 0) process.Start();
            else StartWithDefaults(process);
        }
        finally
        {
            _ = Libc.SetBlocked(Libc.SetSignalMask, blocked, null);
        }
    }

    /// <summary>
    /// To be called before the first process is started; repeating it does no harm. What .NET opens closes itself in children. What the
    /// parent of this process left open does not, and a child that outlives this process would keep it open: a lock, or a pipe that
    /// somebody waits on.
    /// </summary>
    public static void CloseOnExec()
    {
        foreach (var entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2)
            {
                _ = Libc.Control(descriptor, Libc.SetDescriptorFlags, Libc.CloseOnExec);
            }
        }
    }

    // A signal with a handler of its own is set back to its default in children. Outside this moment this process goes on ignoring it.
    private static void StartWithDefaults(Process process)
    {
        lock (Gate)
        {
            foreach (var signal in Ignored) if (IsIgnored(signal)) _ = Libc.Handle(signal, DoNothing);
            try
            {
                process.Start();
            }
            finally
            {
                foreach (var signal in Ignored) if (HandlerOf(signal) == DoNothing) _ = Libc.Handle(signal, Libc.IgnoreSignal);
            }
        }
    }

    // .NET ignores SIGPIPE in any case; a handler that does nothing is as good, and children get the default at any time.
    private static Signal[] FindIgnored()
    {
        _ = Libc.Handle(Signal.BrokenPipe, DoNothing);
        return [.. Enumerable.Range(1, LastSignal).Select(number => (Signal)number).Where(IsIgnored)];
    }

    private static bool IsIgnored(Signal signal) => HandlerOf(signal) == Libc.IgnoreSignal;

    // The handler is the first field, on 64-bit Linux; the rest is of no interest and has room.
    private static nint HandlerOf(Signal signal)
    {
        Span<nint> action = stackalloc nint[64];
        return Libc.Inspect(signal, 0, action) == 0 ? action[0] : 0;
    }
}
