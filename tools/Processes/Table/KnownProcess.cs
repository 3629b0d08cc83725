using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>A process from one look to the next.</summary>
internal sealed class KnownProcess(ProcStat stat, string name)
{
    /// <summary>What was found last.</summary>
    public ProcStat Stat { get; set; } = stat;

    /// <summary>The kernel's short name; another one means another program.</summary>
    public string Name { get; set; } = name;

    /// <summary>The attempt that it comes from.</summary>
    public ProcessOwner? Owner { get; set; }

    /// <summary>Whether its environment has been asked where it comes from.</summary>
    public bool Asked { get; set; }

    /// <summary>What is told of it; null as long as nobody may see it.</summary>
    public ProcessInfo? Info { get; set; }

    /// <summary>The sample in which that changed.</summary>
    public long Changed { get; set; }

    /// <summary>The sample in which it was found last.</summary>
    public long Seen { get; set; }

    /// <summary>Whether it has done nothing since the look before.</summary>
    public bool Idle { get; set; }

    /// <summary>Whether it runs another program than it is told to.</summary>
    public bool Renamed { get; set; }

    /// <summary>Processor time when it was read last, and when that was.</summary>
    public (long Ticks, long At)? Read { get; set; }

    /// <summary>Whether its sockets have been looked at.</summary>
    public int SocketLooks { get; set; }

    /// <summary>Whether that is its name.</summary>
    public bool Is(ReadOnlySpan<byte> read) => read.Length == Name.Length && System.Text.Ascii.Equals(read, Name);
}
