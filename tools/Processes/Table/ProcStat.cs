using System.Buffers.Text;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>What <c>/proc/PID/stat</c> says; <c>ChildTicks</c> are those of children that it has waited for.</summary>
internal readonly record struct ProcStat(
    char State, int Parent, int Session, long Flags, long Faults, long CpuTicks, int Threads, long Start, long MemoryPages, long ChildTicks)
{
    private const long KernelThread = 0x0020_0000;

    public bool IsKernels => (Flags & KernelThread) != 0;

    public ProcessActivity Activity => State switch
    {
        'R' => ProcessActivity.Running,
        'D' => ProcessActivity.DiskWait,
        'T' => ProcessActivity.Stopped,
        't' => ProcessActivity.Traced,
        'Z' or 'X' => ProcessActivity.Zombie,
        _ => ProcessActivity.Sleeping,
    };

    /// <summary>Reads it; false for what is none, as of a process that is gone.</summary>
    /// <param name="line">The file: <c>pid (name) state parent …</c>, and the name may hold anything.</param>
    /// <param name="stat">What it says.</param>
    /// <param name="name">The name.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, out ProcStat stat, out ReadOnlySpan<byte> name)
    {
        stat = default;
        name = default;
        var (begin, end) = (line.IndexOf((byte)'('), line.LastIndexOf((byte)')'));
        if (begin < 0 || end < begin || end + 3 >= line.Length) return false;
        name = line[(begin + 1)..end];
        var rest = line[(end + 2)..];
        var state = (char)rest[0];
        rest = rest[2..];
        Span<long> fields = stackalloc long[21];
        for (var i = 0; i < fields.Length; i++)
        {
            if (!Utf8Parser.TryParse(rest, out fields[i], out var used)) return false;
            rest = rest[Math.Min(used + 1, rest.Length)..];
        }

        stat = new(state, (int)fields[0], (int)fields[2], fields[5], fields[6] + fields[8], fields[10] + fields[11], (int)fields[16], fields[18], fields[20], fields[12] + fields[13]);
        return true;
    }
}
