using System.Buffers.Text;
using System.Collections.Immutable;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>Finds out what is told of a process.</summary>
internal sealed class ProcessReading(IRedactor redactor)
{
    private const int MostCommand = 1_000;
    private const int MostPorts = 64;

    // A process may be looked at between its fork and what it does with its sockets.
    private const int FirstLooks = 3;

    /// <summary>Linux counts processor time and starts in these, whatever its clock.</summary>
    private const int TicksPerSecond = 100;

    private readonly ListeningPorts ports = new();
    private readonly Users users = new();
    private ProcFile files = new();
    private TimeProvider time = TimeProvider.System;
    private DateTimeOffset boot;
    private long now;

    /// <summary>Whether somebody listens who did not before.</summary>
    public bool HasNewPorts { get; private set; }

    /// <summary>Begins a sample.</summary>
    public void Begin(ProcFile read, TimeProvider clock)
    {
        (files, time) = (read, clock);
        now = time.GetTimestamp();
        HasNewPorts = ports.Look(files);
        if (boot == default) boot = DateTimeOffset.FromUnixTimeSeconds(ProcFile.Figure(files.Read("/proc/stat\0"u8), "btime"u8) ?? 0);
    }

    /// <summary>What there is to tell of a process.</summary>
    public ProcessInfo Of(int pid, KnownProcess process)
    {
        var (stat, told) = (process.Stat, process.Info);
        var fresh = told is null || process.Renamed;
        process.Renamed = false;
        var io = files.Read(pid, "io"u8);
        var (read, written) = (ProcFile.Figure(io, "rchar:"u8), ProcFile.Figure(io, "wchar:"u8));
        var found = Descriptors(pid, process, told);
        return new()
        {
            Pid = pid,
            Start = stat.Start,
            Parent = stat.Parent,
            Name = process.Name,
            Command = fresh || told!.Command.Length == 0 ? Command(pid) : told.Command,
            User = fresh ? users.Of(files, pid) : told!.User,
            StartedAt = boot.AddMilliseconds(stat.Start * (1_000 / TicksPerSecond)),
            State = stat.Activity,
            CpuPercent = Share(process, stat.CpuTicks),
            CpuMs = stat.CpuTicks * (1_000 / TicksPerSecond),
            MemoryBytes = stat.MemoryPages * Environment.SystemPageSize,
            Threads = stat.Threads,
            OpenFiles = found.Count,
            ReadBytes = read,
            WrittenBytes = written,
            WaitsForInput = InputWait.Of(files.Read(pid, "syscall"u8), stat),
            Ports = found.Ports,
            Owner = process.Owner,
            IsServer = pid == Environment.ProcessId,
        };
    }

    /// <summary>Whether there is nothing new to tell.</summary>
    public static bool Same(ProcessInfo a, ProcessInfo b) => a with { Ports = b.Ports } == b && a.Ports.AsSpan().SequenceEqual(b.Ports.AsSpan());

    /// <summary>What a process takes for itself, and has for children that have ended.</summary>
    public static ProcessFigures FiguresOf(ProcStat stat) => new(
        (stat.CpuTicks + stat.ChildTicks) * (1_000 / TicksPerSecond), stat.MemoryPages * Environment.SystemPageSize, stat.Activity == ProcessActivity.Zombie ? 0 : 1);

    private double? Share(KnownProcess process, long ticks)
    {
        var before = process.Read;
        process.Read = (ticks, now);
        if (before is not var (counted, at)) return null;
        var elapsed = time.GetElapsedTime(at, now).TotalSeconds;
        return elapsed <= 0 ? process.Info?.CpuPercent : Math.Round(Math.Max(0, ticks - counted) * 100.0 / TicksPerSecond / elapsed, 1);
    }

    private string Command(int pid)
    {
        var read = files.Read(pid, "cmdline"u8);
        var bytes = read[..Math.Min(read.Length, MostCommand * 4)].ToArray();
        bytes.AsSpan().Replace((byte)0, (byte)' ');
        var text = redactor.Redact(CommandSecrets.Hide(ProcFile.Text(bytes).Trim()));
        return text.Length <= MostCommand ? text : text[..(char.IsHighSurrogate(text[MostCommand - 1]) ? MostCommand - 1 : MostCommand)] + "…";
    }

    /// <summary>How many descriptors it has, and which ports it listens on; links are only read where there may be a new socket.</summary>
    private (int? Count, ImmutableArray<int> Ports) Descriptors(int pid, KnownProcess process, ProcessInfo? told)
    {
        var names = DescriptorNames.Of(files, pid);
        if (names is null) return (null, []);
        var before = told?.Ports ?? [];
        if (!HasNewPorts && process.SocketLooks >= FirstLooks && names.Count == told?.OpenFiles) return (names.Count, before);
        process.SocketLooks++;
        var listening = new SortedSet<int>();
        if (ports.ByInode.Count > 0)
        {
            foreach (var name in names.All)
            {
                if (listening.Count < MostPorts && Socket(pid, name) is { } inode && ports.ByInode.TryGetValue(inode, out var port)) listening.Add(port);
            }
        }

        return (names.Count, before.AsSpan().SequenceEqual([.. listening]) ? before : [.. listening]);
    }

    private long? Socket(int pid, int descriptor)
    {
        Span<byte> name = stackalloc byte[16];
        Utf8Formatter.TryFormat(descriptor, name, out var length);
        var target = files.Link(pid, "fd/"u8, name[..length]);
        return target.StartsWith("socket:["u8) && Utf8Parser.TryParse(target["socket:["u8.Length..], out long inode, out _) ? inode : null;
    }
}
