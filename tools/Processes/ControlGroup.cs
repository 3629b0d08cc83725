using System.Collections.Immutable;
using System.Globalization;

namespace ToolRuntime.Tools.Processes;

/// <summary>The control group of one attempt: all that its process starts is in it, whatever environment, session or parent it gave itself.</summary>
/// <param name="folder">The group that holds and ends them.</param>
/// <param name="controllers">What limits and counts them, with the folder of each.</param>
internal sealed class ControlGroup(string folder, ImmutableArray<Controller> controllers = default)
{
    private const string Processes = "cgroup.procs";
    private const string Threads = "tasks";

    private readonly ImmutableArray<Controller> controllers = controllers.IsDefault ? [] : controllers;

    public string Folder => folder;

    /// <summary>Makes the groups of its controllers, and sets their limits.</summary>
    /// <exception cref="IOException">One can't be made or set.</exception>
    public void Limit(ControlGroupLimits limits)
    {
        foreach (var controller in controllers)
        {
            var inside = Directory.CreateDirectory(controller.Folder ?? folder).FullName;
            foreach (var (file, value, optional) in limits.Of(controller.Name, controller.Version))
            {
                if (!optional) Write(inside, file, value);
                else if (File.Exists(Path.Combine(inside, file))) TryWrite(inside, file, value);
            }
        }
    }

    /// <summary>
    /// The files that a process of one thread writes <c>0</c> to, to be in it from then on with all that it starts. In version 1 a thread that moves itself waits for no process that
    /// forks just now, wherever; one that is moved waits for all of them, seconds beside a fork bomb.
    /// </summary>
    public IEnumerable<string> Entrances() => Separate().Append(folder).Select(group => Path.Combine(group, File.Exists(Path.Combine(group, Threads)) ? Threads : Processes));

    /// <summary>How near its processes are to their limit.</summary>
    public ControlGroupPressure Pressure() => InsideOf("pids") is { } pids ? new(Figure(pids, "pids.current") ?? 0, Refused(pids)) : new();

    /// <summary>Gives its processes their usual share of the processors, or less.</summary>
    public void Set(ControlGroupPace pace, ControlGroupLimits limits)
    {
        if (controllers.FirstOrDefault(each => each.Name == "cpu") is not { } cpu) return;
        foreach (var (file, value) in limits.Of(pace, cpu.Version)) TryWrite(cpu.Folder ?? folder, file, value);
    }

    /// <summary>What still runs in it.</summary>
    public IEnumerable<int> Members()
    {
        foreach (var group in WithInner(folder))
        {
            foreach (var line in Lines(Path.Combine(group, Processes)))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && ProcessTable.IsRunning(pid)) yield return pid;
            }
        }
    }

    /// <summary>What is in it, or in the group of any other attempt of this server, zombies counted.</summary>
    public IReadOnlySet<int> WithNeighbours() => WithInner(Path.GetDirectoryName(folder)!).SelectMany(group => Lines(Path.Combine(group, Processes)))
        .Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).ToHashSet();

    /// <summary>What its processes have taken so far.</summary>
    public ProcessCosts Costs()
    {
        var (memory, pids) = (InsideOf("memory"), InsideOf("pids"));
        var cpu = Figure(folder, "cpu.stat", "usage_usec") / 1_000 ?? (InsideOf("cpuacct") is { } counted ? Figure(counted, "cpuacct.usage") / 1_000_000 : null);
        return new(
            memory is null ? null : Figure(memory, "memory.peak") ?? Figure(memory, "memory.max_usage_in_bytes"),
            cpu,
            memory is not null && (Figure(memory, "memory.events", "oom_kill") ?? Figure(memory, "memory.oom_control", "oom_kill")) > 0,
            pids is null ? 0 : Refused(pids));
    }

    /// <summary>Kills all that is in it: at once where the kernel does that (version 2), else one by one, and then it has to be repeated.</summary>
    public void Kill()
    {
        if (TryWrite(folder, "cgroup.kill", "1")) return;
        TryWrite(InsideOf("pids") ?? folder, "pids.max", "0");
        foreach (var pid in Members()) _ = Libc.Kill(pid, Signal.Kill);
    }

    /// <summary>Removes the empty group; false while something in it is still ending.</summary>
    public bool TryRemove() => Separate().Append(folder).All(TryRemove);

    private static bool TryRemove(string group)
    {
        try
        {
            foreach (var each in WithInner(group).AsEnumerable().Reverse()) Directory.Delete(each);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Refused(string pids) => Figure(pids, "pids.events", "max") ?? 0;

    private IEnumerable<string> Separate() => controllers.Select(controller => controller.Folder).OfType<string>().Distinct();

    private string? InsideOf(string controller) => controllers.FirstOrDefault(each => each.Name == controller) is { } found ? found.Folder ?? folder : null;

    // A command with the rights to do so may have made groups inside.
    private static string[] WithInner(string group) => Directory.Exists(group) ? [group, .. Directory.EnumerateDirectories(group, "*", SearchOption.AllDirectories)] : [];

    // A file with one number, or with a name and a number on each line.
    private static long? Figure(string group, string file, string? name = null)
    {
        foreach (var line in Lines(Path.Combine(group, file)))
        {
            var words = line.Split(' ');
            if (name is not null && words[0] != name) continue;
            return long.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        return null;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool TryWrite(string group, string file, string text)
    {
        try
        {
            Write(group, file, text);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(string group, string file, string text)
    {
        using var handle = File.OpenHandle(Path.Combine(group, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(text), 0);
    }
}
