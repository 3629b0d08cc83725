using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>Sends signals to processes by handles, so that none goes to another that has got the number meanwhile.</summary>
internal static class ProcessSignals
{
    private const nint SendSignalCall = 424;
    private const nint OpenCall = 434;

    public static Rejection Missing => new(ErrorCode.NotFound, "There is no such process; it may have ended.");

    public static Rejection Protected => new(ErrorCode.Forbidden, "The server sends no signals to itself, to what it runs for itself, or to the first process.");

    /// <summary>Opens a handle of a process; invalid where there is none, or the kernel has no such handles (Linux before 5.3).</summary>
    public static SafeFileHandle Open(int pid) => new((nint)(int)Libc.SystemCall(OpenCall, pid, 0), ownsHandle: true);

    /// <summary>Sends it to the process that started then, or says why not.</summary>
    public static Rejection? Send(ProcessId process, Signal signal, ProcFile files)
    {
        using var handle = Open(process.Pid);
        if (handle.IsInvalid) return Refusal(process);
        // From here on the handle is one process's; it is the one that was meant if it is this number's still.
        if (!ProcStat.TryRead(files.Read(process.Pid, "stat"u8), out var stat, out _) || stat.Start != process.Start) return Missing;
        return Libc.SystemCall(SendSignalCall, (int)handle.DangerousGetHandle(), (int)signal) == 0 ? null : Refusal(process);
    }

    private static Rejection Refusal(ProcessId process) => Marshal.GetLastPInvokeError() switch
    {
        3 => Missing,
        Libc.NotPermitted => new(ErrorCode.Forbidden, $"The server's user may not send signals to process {process.Pid}: it is another user's. Run the server as that user, or with the capability CAP_KILL."),
        var error => new(ErrorCode.Unavailable, $"The kernel does not send the signal: error {error}."),
    };
}
