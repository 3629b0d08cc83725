using System.Buffers;
using System.Globalization;
using System.Text;

namespace ToolRuntime.Tools.Processes;

/// <summary>Looks into <c>/proc</c>.</summary>
internal static class ProcessTable
{
    private const int MaxPasses = 50;
    private const int MaxRange = 2_000;
    private const int MaxCommandLine = 200;

    /// <summary>
    /// Kills every process that has <paramref name="mark"/> in its environment, wherever it went. Repeats until a look finds none, since a
    /// process can fork between two looks.
    /// </summary>
    /// <param name="mark">The variable with its value.</param>
    /// <param name="youngerThan">If given, only processes with higher ids are looked at: the numbers have not come round since that one was started.</param>
    /// <param name="found">Called for each before it is killed.</param>
    /// <param name="held">Those that are not looked at, for they are held and ended otherwise: the environment of one that forks without end can't be read for seconds.</param>
    public static void KillMarked(string mark, int? youngerThan = null, Action<int>? found = null, Func<IReadOnlySet<int>>? held = null)
    {
        var wanted = Encoding.UTF8.GetBytes($"\0{mark}\0");
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var any = false;
            // What is forked from now on is not in the first list.
            int[] there = [.. youngerThan is { } first ? After(first) : All()];
            var left = held?.Invoke();
            foreach (var pid in there)
            {
                if (left?.Contains(pid) == true || !HasMark(pid, wanted)) continue;
                found?.Invoke(pid);
                any |= Libc.Kill(pid, Signal.Kill) == 0;
            }

            if (!any) return;
        }
    }

    /// <summary>Whether a group has a member that still runs. A zombie that nobody has collected yet does not count.</summary>
    public static bool IsGroupAlive(int group) => GroupMembers(group).Any();

    /// <summary>The members of a group that still run.</summary>
    public static IEnumerable<int> GroupMembers(int group)
    {
        if (Libc.Kill(-group, Signal.None) != 0) yield break;
        foreach (var pid in All())
        {
            if (Facts(pid) is var (state, member, _) && member == group && state is not ('Z' or 'X')) yield return pid;
        }
    }

    /// <summary>The members of a session that still run, in whatever group.</summary>
    public static IEnumerable<int> SessionMembers(int session)
    {
        foreach (var pid in All())
        {
            if (Facts(pid) is var (state, _, member) && member == session && state is not ('Z' or 'X')) yield return pid;
        }
    }

    /// <summary>Whether a process is there and no zombie.</summary>
    public static bool IsRunning(int pid) => Facts(pid) is { State: not ('Z' or 'X') };

    /// <summary>Whether a process is stopped.</summary>
    public static bool IsStopped(int pid) => Facts(pid) is { State: 'T' };

    /// <summary>Whether a process goes on: it is neither stopped nor at its end.</summary>
    public static bool GoesOn(int pid) => Facts(pid) is { State: not ('T' or 't' or 'Z' or 'X') };

    /// <summary>A process's arguments for a person, shortened; empty when it is gone.</summary>
    public static string CommandLine(int pid)
    {
        var content = ArrayPool<byte>.Shared.Rent(1024);
        var length = ReadAll($"/proc/{pid}/cmdline", ref content, 0);
        var text = Encoding.UTF8.GetString(content, 0, length).Replace('\0', ' ').Trim();
        ArrayPool<byte>.Shared.Return(content);
        if (text.Length <= MaxCommandLine) return text;
        return text[..(char.IsHighSurrogate(text[MaxCommandLine - 1]) ? MaxCommandLine - 1 : MaxCommandLine)] + "…";
    }

    /// <summary>A process's arguments, as many as there are in 4 KB; none when it is gone.</summary>
    public static string[] Words(int pid)
    {
        var content = ArrayPool<byte>.Shared.Rent(4096);
        var length = ReadAll($"/proc/{pid}/cmdline", ref content, 0);
        var text = Encoding.UTF8.GetString(content, 0, Math.Min(length, 4096));
        ArrayPool<byte>.Shared.Return(content);
        return text.Length == 0 ? [] : text.TrimEnd('\0').Split('\0');
    }

    /// <summary>Where in the kernel a process waits; empty: it does not wait; null: nobody may know.</summary>
    public static string? WaitsIn(int pid)
    {
        if (Facts(pid) is not { State: var state }) return null;
        if (state != 'S') return "";
        var content = ArrayPool<byte>.Shared.Rent(256);
        var length = ReadAll($"/proc/{pid}/wchan", ref content, 0);
        var text = Encoding.UTF8.GetString(content, 0, length);
        ArrayPool<byte>.Shared.Return(content);
        return text is "" or "0" ? null : text;
    }

    // The fifth field is the newest process's id. A short range costs microseconds, all of a busy machine milliseconds.
    private static IEnumerable<int> After(int first)
    {
        var fields = File.ReadAllText("/proc/loadavg").Split(' ', StringSplitOptions.TrimEntries);
        var last = int.Parse(fields[4], CultureInfo.InvariantCulture);
        return last >= first && last - first <= MaxRange ? Enumerable.Range(first + 1, last - first) : All();
    }

    /// <summary>All process ids.</summary>
    public static IEnumerable<int> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) yield return pid;
        }
    }

    private static bool HasMark(int pid, byte[] wanted)
    {
        var content = ArrayPool<byte>.Shared.Rent(16 * 1024);
        content[0] = 0;
        var length = ReadAll($"/proc/{pid}/environ", ref content, 1);
        var has = content.AsSpan(0, length).IndexOf(wanted) >= 0;
        ArrayPool<byte>.Shared.Return(content);
        return has;
    }

    private static (char State, int Group, int Session)? Facts(int pid)
    {
        var content = ArrayPool<byte>.Shared.Rent(1024);
        var length = ReadAll($"/proc/{pid}/stat", ref content, 0);
        var text = Encoding.UTF8.GetString(content, 0, length);
        ArrayPool<byte>.Shared.Return(content);

        // "pid (name) state parent group session ...", and the name may hold anything.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 3 ? (fields[0][0], int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)) : null;
    }

    // Straight to the C library: processes vanish and belong to others all the time, and exceptions would cost more than the whole look.
    private static int ReadAll(string path, ref byte[] buffer, int length)
    {
        var descriptor = Libc.Open(path, Libc.OpenForReading | Libc.OpenCloseOnExec);
        if (descriptor < 0) return length;
        while (true)
        {
            if (length == buffer.Length) Grow(ref buffer);
            var read = (int)Libc.Read(descriptor, buffer.AsSpan(length), buffer.Length - length);
            if (read <= 0) break;
            length += read;
        }

        _ = Libc.Close(descriptor);
        return length;
    }

    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
