using System.Text;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>The processes of a test's commands, recognised by a variable that the commands were given and pass on.</summary>
internal sealed class MarkedProcesses
{
    public const string Variable = "E2E_MARK";

    private readonly byte[] entry;

    public MarkedProcesses() => entry = Encoding.ASCII.GetBytes($"{Variable}={Mark}");

    /// <summary>The variable's value; unique.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Those that run now. The start time tells a process from a later one with the same id.</summary>
    public IReadOnlyList<(int Id, string Started, string CommandLine)> Find() =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0).Select(Look).OfType<(int, string, string)>()];

    /// <summary>Waits until none is left.</summary>
    public Task NoneLeftAsync() => Limits.UntilAsync(() => Find().Count == 0, () => $"no process is left of {string.Join("; ", Find())}");

    /// <summary>Waits until none of these is left.</summary>
    public Task GoneAsync(IReadOnlyList<(int Id, string Started, string CommandLine)> processes) =>
        Limits.UntilAsync(() => !Find().Intersect(processes).Any(), () => $"no process is left of {string.Join("; ", Find().Intersect(processes))}");

    private (int, string, string)? Look(int id)
    {
        try
        {
            if (File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(entry) < 0) return null;
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : (id, fields[19], File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ').Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
