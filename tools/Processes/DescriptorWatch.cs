using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ToolRuntime.Tools.Processes;

/// <summary>Says when a descriptor that .NET can't wait for, a terminal, can be read or written. One thread for all of them.</summary>
internal sealed class DescriptorWatch
{
    private const int Batch = 64;
    private const uint Once = 1u << 30;

    // The kernel packs the structure on x86-64 only.
    private static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly Lazy<DescriptorWatch> Instance = new(() => new());

    private readonly ConcurrentDictionary<int, TaskCompletionSource> waiting = new();
    private readonly int poll = Libc.CreatePoll(Libc.OpenCloseOnExec);

    private DescriptorWatch()
    {
        if (poll < 0) throw new IOException($"Terminals can't be watched: error {Marshal.GetLastPInvokeError()}.");
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "terminals" }.Start();
    }

    public static DescriptorWatch Shared => Instance.Value;

    /// <summary>Completes when it is worth trying again; it may be for nothing.</summary>
    public async Task WaitAsync(SafeFileHandle descriptor, Readiness readiness, CancellationToken cancellationToken)
    {
        var key = (int)descriptor.DangerousGetHandle();
        var mine = waiting[key] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var interest = Interest(key, (uint)readiness | Once);
        if (Libc.ChangePoll(poll, Libc.PollChange, descriptor, interest) != 0 && Libc.ChangePoll(poll, Libc.PollAdd, descriptor, interest) != 0)
        {
            throw new IOException($"The terminal can't be watched: error {Marshal.GetLastPInvokeError()}.");
        }

        await mine.Task.WaitAsync(cancellationToken);
    }

    /// <summary>To be called before it is closed.</summary>
    public void Forget(SafeFileHandle descriptor)
    {
        var key = (int)descriptor.DangerousGetHandle();
        _ = Libc.ChangePoll(poll, Libc.PollRemove, descriptor, Interest(key, 0));
        if (waiting.TryRemove(key, out var left)) left.TrySetResult();
    }

    private static byte[] Interest(int key, uint events)
    {
        var interest = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(interest, events);
        BinaryPrimitives.WriteInt32LittleEndian(interest.AsSpan(Size - 8), key);
        return interest;
    }

    private void Run()
    {
        var ready = new byte[Batch * Size];
        while (true)
        {
            var count = Libc.WaitPoll(poll, ready, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                var key = BinaryPrimitives.ReadInt32LittleEndian(ready.AsSpan((i * Size) + Size - 8));
                if (waiting.TryRemove(key, out var waiter)) waiter.TrySetResult();
            }
        }
    }
}

/// <summary>What is waited for.</summary>
internal enum Readiness : uint
{
    ToRead = 1,
    ToWrite = 4,
}
