using System.Globalization;
using System.Text;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>Looks at processes by the marks and names that tests give them.</summary>
internal static class Processes
{
    /// <summary>Ids of live processes whose command line holds <paramref name="text"/>; zombies don't count, their command line is empty.</summary>
    public static IReadOnlyList<int> With(string text) =>
        [.. ProcessTable.All().Where(pid => pid != Environment.ProcessId && Read(pid, "cmdline").Contains(text, StringComparison.Ordinal))];

    public static bool IsAlive(int pid) => State(pid) is not (null or 'Z' or 'X');

    /// <summary>The state letter of /proc, or null.</summary>
    public static char? State(int pid)
    {
        var stat = Read(pid, "stat");
        return stat.Length == 0 ? null : stat[stat.LastIndexOf(')') + 2];
    }

    public static int Session(int pid) => int.Parse(Read(pid, "stat")[(Read(pid, "stat").LastIndexOf(')') + 2)..].Split(' ')[3], CultureInfo.InvariantCulture);

    public static string Read(int pid, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
