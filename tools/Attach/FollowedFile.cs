using ToolRuntime.Events;

namespace ToolRuntime.Tools.Attach;

/// <summary>A regular file that a process writes to: what is added is passed on, also after it was truncated or another file took its place.</summary>
internal sealed class FollowedFile(AttachTarget target, OpenDescriptor descriptor, OutputStream stream, TimeProvider time)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Latest = TimeSpan.FromMilliseconds(200);

    /// <summary>Follows it until the process has exited.</summary>
    /// <param name="tail">Bytes of its end that come first.</param>
    /// <param name="write">Takes what was added.</param>
    /// <param name="exited">Completes with the process's exit; the rest of the file still comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(int tail, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, Task exited, CancellationToken cancellationToken)
    {
        var (inode, buffer, pause) = (descriptor.Inode, new byte[64 * 1024], Soonest);
        var file = Open();
        try
        {
            var at = Math.Max(0, RandomAccess.GetLength(file) - tail);
            while (true)
            {
                var over = exited.IsCompleted; // what is read after that is all there is
                if (RandomAccess.GetLength(file) < at) at = 0;
                if (await RandomAccess.ReadAsync(file, buffer, at, cancellationToken) is var read and > 0)
                {
                    at += read;
                    pause = Soonest;
                    await write(stream, buffer.AsMemory(0, read));
                    continue;
                }

                if (over) return;
                if (target.Find(descriptor.Number) is { IsFile: true } now && now.Inode != inode)
                {
                    file.Dispose();
                    (file, inode, at) = (Open(), now.Inode, 0);
                    continue;
                }

                await Task.WhenAny(exited, Task.Delay(pause, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                pause = pause * 2 < Latest ? pause * 2 : Latest;
            }
        }
        finally
        {
            file.Dispose();
        }
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle Open()
    {
        try
        {
            return File.OpenHandle($"/proc/{target.Pid}/fd/{descriptor.Number}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException)
        {
            throw AttachException.NotPermitted($"The server's user may not read {descriptor.Link}, which process {target.Pid} writes to. Let it read that file.");
        }
        catch (IOException)
        {
            throw AttachException.NoProcess(target.Pid);
        }
    }
}
