using System.Globalization;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>Looks at the foreground of a terminal in <c>/proc</c>.</summary>
internal sealed class ForegroundProbe(PseudoTerminal terminal) : ITerminalProbe
{
    private static readonly string[] Interpreters = ["python", "node", "ruby", "perl", "bash", "sh"];

    private const int MostThreads = 64;

    // Where the kernel waits for a terminal, or for one of several things.
    private static readonly string[] Reads = ["n_tty_read", "wait_woken"];
    private static readonly string[] Waits = [.. Reads, "select", "poll", "ep_"];

    public TerminalUser Look()
    {
        if (terminal.ForegroundGroup is not { } group) return default;
        var words = ProcessTable.Words(group);
        var (waits, reads) = Threads(group);
        return new(words.Length == 0 ? null : NameOf(words), waits, reads);
    }

    // The thread that reads need not be the first one. While one works, the program does not wait.
    private static (bool? Waits, bool? Reads) Threads(int process)
    {
        var first = ProcessTable.WaitsIn(process);
        var (waits, reads) = (IsIn(Waits, first), IsIn(Reads, first));
        if (waits != false || first!.Length == 0) return (waits, reads);
        try
        {
            foreach (var folder in Directory.EnumerateDirectories($"/proc/{process}/task").Take(MostThreads))
            {
                var where = ProcessTable.WaitsIn(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                if (where is null) continue; // it has just ended
                if (where.Length == 0) return (false, false);
                waits |= IsIn(Waits, where);
                reads |= IsIn(Reads, where);
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }

        return (waits, reads);
    }

    private static bool? IsIn(string[] places, string? where) => where is null ? null : where.Length > 0 && Array.Exists(places, where.Contains);

    /// <summary>The program's name; a script's where an interpreter runs one.</summary>
    internal static string NameOf(IReadOnlyList<string> words)
    {
        var name = Path.GetFileName(words[0]).TrimStart('-');
        var script = words.Count > 1 && words[1].Length > 0 && !words[1].StartsWith('-') && Interpreters.Contains(name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'));
        return script ? Path.GetFileName(words[1]) : name;
    }
}
