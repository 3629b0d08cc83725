using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Processes.Table;

namespace ToolRuntime.Tools.Attach;

/// <summary>A process that is attached to, by a handle that stays its own.</summary>
internal sealed class AttachTarget : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly ProcFile files = new();

    private AttachTarget(int pid, SafeFileHandle handle) => (Pid, this.handle) = (pid, handle);

    public int Pid { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="AttachException">It is not there, or it is the server.</exception>
    public static AttachTarget Open(int pid, long? start)
    {
        if (pid == Environment.ProcessId) throw new AttachException("attach_refused", "The server does not attach to itself.");
        var handle = ProcessSignals.Open(pid);
        var target = new AttachTarget(pid, handle);
        if (!handle.IsInvalid && target.Stat() is { } stat && (start is null || stat.Start == start)) return target;
        target.Dispose();
        throw AttachException.NoProcess(pid);
    }

    /// <summary>What the kernel says of it; null once it is gone.</summary>
    public ProcStat? Stat()
    {
        lock (files) return ProcStat.TryRead(files.Read(Pid, "stat"u8), out var stat, out _) && stat.State is not ('Z' or 'X') ? stat : null;
    }

    /// <summary>Completes when it has exited.</summary>
    public Task ExitedAsync(CancellationToken cancellationToken) => DescriptorWatch.Shared.WaitAsync(handle, Readiness.ToRead, cancellationToken);

    /// <summary>Who traces it; 0: nobody.</summary>
    public int Tracer()
    {
        lock (files) return (int)(ProcFile.Figure(files.Read(Pid, "status"u8), "TracerPid:"u8) ?? 0);
    }

    /// <summary>Where one of its descriptors leads; null where it has none.</summary>
    /// <exception cref="AttachException">It is another user's.</exception>
    public OpenDescriptor? Find(int descriptor)
    {
        lock (files)
        {
            var number = descriptor.ToString(CultureInfo.InvariantCulture);
            var link = ProcFile.Text(files.Link(Pid, "fd/"u8, System.Text.Encoding.ASCII.GetBytes(number)));
            if (link.Length == 0)
            {
                if (DescriptorNames.Of(files, Pid) is not null || Stat() is null) return null;
                throw AttachException.NotPermitted($"The server's user may not see what process {Pid} has open: it is another user's. Run the server as that user, or with the capability CAP_SYS_PTRACE.");
            }

            Span<byte> status = stackalloc byte[256];
            if (Libc.Status(Libc.CurrentFolder, System.Text.Encoding.ASCII.GetBytes($"/proc/{Pid}/fd/{number}\0"), 0, Libc.BasicStatus, status) != 0) return null;
            var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[28..]);
            return new(descriptor, link, (mode & 0xf000) == 0x8000, BinaryPrimitives.ReadUInt64LittleEndian(status[32..]));
        }
    }

    /// <summary>Regular files that it appends to: its logs.</summary>
    public IEnumerable<OpenDescriptor> Logs()
    {
        int[] numbers;
        lock (files) numbers = [.. DescriptorNames.Of(files, Pid)?.All ?? []];
        return numbers.Where(number => number > 2 && Appends(number)).Select(Find).OfType<OpenDescriptor>().Where(found => found.IsFile);
    }

    public void Dispose()
    {
        if (!handle.IsInvalid) DescriptorWatch.Shared.Forget(handle);
        handle.Dispose();
    }

    private bool Appends(int descriptor)
    {
        const int Append = 0x400;
        try
        {
            var flags = File.ReadLines($"/proc/{Pid}/fdinfo/{descriptor}").FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return flags is not null && (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & Append) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>What a process has open.</summary>
/// <param name="Number">Its descriptor.</param>
/// <param name="Link">Where that leads.</param>
/// <param name="IsFile">Whether it is a regular file.</param>
/// <param name="Inode">The file's number.</param>
internal sealed record OpenDescriptor(int Number, string Link, bool IsFile, ulong Inode)
{
    /// <summary>Whether what is written there goes to anybody.</summary>
    public bool Leads => Link != "/dev/null";
}
