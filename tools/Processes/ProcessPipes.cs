using System.Buffers;
using ToolRuntime.Events;

namespace ToolRuntime.Tools.Processes;

/// <summary>Joins a process's pipes with an attempt's output and input. No thread waits for a pipe.</summary>
internal static class ProcessPipes
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    // Nothing that we know of holds the pipe any more; only what hid from us entirely (its environment emptied) could.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>More than a pipe or terminal can hold: what comes after its processes' end, and is more, is printed by what hid from us.</summary>
    internal const int MostRest = 1 << 20;

    /// <summary>
    /// Passes <paramref name="source"/> on until its end. It reads on only when the bytes before are taken, so a fast process blocks on its
    /// own pipe. Once <paramref name="cancellationToken"/> is cancelled the rest is thrown away, so that a process that ends on SIGTERM
    /// isn't held up by its output.
    /// </summary>
    public static async Task PumpOutputAsync(
        Stream source, OutputStream stream, IToolContext context, OutputWatch watch, CancellationToken processEnded, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        var rest = MostRest;
        while (await ReadAsync(source, buffer, processEnded) is var read and > 0)
        {
            if (processEnded.IsCancellationRequested && (rest -= read) < 0) break;
            watch.Begin(read);
            try
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    await context.WriteOutputAsync(stream, buffer.AsMemory(0, read), cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                continue;
            }
            finally
            {
                watch.End();
            }

            if (read == buffer.Length && read < LargeBuffer)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>
    /// Passes <paramref name="before"/> and then the attempt's input on to <paramref name="target"/> and closes it at the input's end. What comes after the process
    /// has closed it is thrown away.
    /// </summary>
    public static async Task PumpInputAsync(ReadOnlyMemory<byte> before, IToolContext context, Stream target, CancellationToken cancellationToken)
    {
        var open = true;
        try
        {
            if (!before.IsEmpty) open = await TryWriteAsync(target, before, cancellationToken);
            while (await context.ReadInputAsync(cancellationToken) is { IsEmpty: false } bytes)
            {
                open = open && await TryWriteAsync(target, bytes, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process or the attempt is over.
        }
        finally
        {
            await target.DisposeAsync();
        }
    }

    private static async Task<bool> TryWriteAsync(Stream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await target.WriteAsync(bytes, cancellationToken);
            await target.FlushAsync(cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async ValueTask<int> ReadAsync(Stream source, Memory<byte> buffer, CancellationToken processEnded)
    {
        using var abandoned = new CancellationTokenSource();
        var pending = source.ReadAsync(buffer, abandoned.Token);
        if (pending.IsCompletedSuccessfully) return pending.Result;
        var read = pending.AsTask();
        try
        {
            return await read.WaitAsync(processEnded);
        }
        catch (OperationCanceledException) when (!read.IsCanceled)
        {
            abandoned.CancelAfter(Quiet);
        }

        try
        {
            return await read;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
