using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// What the kernel has counted of a child and of those that it has waited for, where no control group counts. It is asked at the child's end without taking the end from
/// .NET, which waits for it too and may be first; then nothing is known.
/// </summary>
internal static class ChildUsage
{
    private const int OfProcess = 1;
    private const int ExitedButLeft = 0x01000004;
    private const int StackBytes = 128 * 1024;
    private const int UsageBytes = 144;
    private const int MemoryAt = 32;

    private static readonly nint? WaitId = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 247,
        Architecture.Arm64 => 95,
        _ => null,
    };

    /// <summary>Completes with the child's end, which must not have come yet. A thread of its own waits for it.</summary>
    public static Task<ProcessCosts> OfAsync(int pid)
    {
        if (WaitId is not { } call) return Task.FromResult(new ProcessCosts());
        var found = new TaskCompletionSource<ProcessCosts>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => found.SetResult(Wait(call, pid)), StackBytes) { IsBackground = true, Name = "child usage" }.Start();
        return found.Task;
    }

    private static ProcessCosts Wait(nint call, int pid)
    {
        Span<byte> signal = stackalloc byte[128];
        Span<byte> usage = stackalloc byte[UsageBytes];
        const int Interrupted = 4;
        while (Libc.WaitId(call, OfProcess, pid, signal, ExitedButLeft, usage) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) return new();
        }

        var microseconds = Time(usage) + Time(usage[16..]);
        return new(BitConverter.ToInt64(usage[MemoryAt..]) * 1024, microseconds / 1_000);
    }

    private static long Time(ReadOnlySpan<byte> value) => (BitConverter.ToInt64(value) * 1_000_000) + BitConverter.ToInt64(value[8..]);
}
