using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolRuntime.Tools.Boundaries;

namespace ToolRuntime.Tools.Tests.Boundaries;

/// <summary>A session that was recorded at a real terminal, with the turns that were marked by hand.</summary>
internal sealed partial class Recording
{
    public static string Folder { get; } = Path.Combine(FindRoot(), "tests/fixtures/boundaries");

    private readonly List<(TimeSpan At, string Kind, JsonElement Value)> rows = [];
    private readonly byte[] output;

    public Recording(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllLines(path);
        Head = JsonDocument.Parse(lines[0]).RootElement;
        using var bytes = new MemoryStream();
        foreach (var line in lines.Skip(1))
        {
            var row = JsonDocument.Parse(line).RootElement;
            rows.Add((TimeSpan.FromMilliseconds(row[0].GetInt32()), row[1].GetString()!, row[2]));
            if (row[1].GetString() == "o") bytes.Write(Encoding.UTF8.GetBytes(row[2].GetString()!));
        }

        output = bytes.ToArray();
    }

    public string Name { get; }

    public JsonElement Head { get; }

    public IReadOnlyList<Turn> Expected => [.. Head.GetProperty("expect").EnumerateArray().Select(turn => new Turn(
        turn.GetProperty("question").GetString()!,
        Tidy(turn.GetProperty("answer").GetString()!),
        turn.TryGetProperty("exitCode", out var code) ? code.GetInt32() : null,
        turn.TryGetProperty("in", out var within) ? within.GetInt32() : null))];

    /// <summary>What the detector says, each turn at its latest; output in pieces as <paramref name="cut"/> says.</summary>
    public IReadOnlyList<TerminalTurn> Detect(Func<int, int>? cut = null, List<TerminalTurn>? all = null, BoundaryRules? rules = null)
    {
        var probe = new FakeProbe();
        var detector = new TurnDetector(rules ?? new(), new(80, 24), null, probe, Head.TryGetProperty("nonce", out var nonce) ? nonce.GetString() : null);
        var latest = new SortedDictionary<int, TerminalTurn>();
        foreach (var (at, kind, value) in rows)
        {
            detector.Tick(at);
            if (kind == "p") probe.User = probe.User with { Program = value.GetString() is { Length: > 0 } name ? name : null };
            else if (kind == "w") probe.User = probe.User with { Waits = value.ValueKind == JsonValueKind.Null ? null : value.GetBoolean() };
            else if (kind == "r") probe.User = probe.User with { Reads = value.GetBoolean() };
            else Feed(detector, Encoding.UTF8.GetBytes(value.GetString()!), at, cut);
            Collect();
        }

        detector.End(rows[^1].At + TimeSpan.FromSeconds(1));
        Collect();
        return [.. latest.Values];

        void Collect()
        {
            foreach (var turn in detector.Take())
            {
                latest[turn.Number] = turn;
                all?.Add(turn);
            }
        }
    }

    public Turn Seen(TerminalTurn turn) => new(turn.Question ?? "", AnswerOf(turn), turn.ExitCode, turn.In);

    private string AnswerOf(TerminalTurn turn)
    {
        if (turn is not { AnswerOffset: { } from, EndOffset: { } to }) return "(open)";
        return Tidy(Encoding.UTF8.GetString(output.AsSpan((int)from, (int)(to - from))));
    }

    // By other means than the detector's own.
    private static string Tidy(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(line => Sequences().Replace(line.Split("\u001b[2K")[^1], ""));
        return string.Join('\n', lines.Select(line => line[(line.TrimEnd('\r').LastIndexOf('\r') + 1)..].TrimEnd())).Trim('\n');
    }

    private static void Feed(TurnDetector detector, byte[] bytes, TimeSpan at, Func<int, int>? cut)
    {
        for (var from = 0; from < bytes.Length;)
        {
            var count = cut is null ? bytes.Length : Math.Clamp(cut(bytes.Length - from), 1, bytes.Length - from);
            detector.Read(bytes.AsSpan(from, count), at);
            from += count;
        }
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.ToolRuntime.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)|\u001b[()][0-9A-B]|\u001b[=>]")]
    private static partial Regex Sequences();

    internal sealed record Turn(string Question, string Answer, int? ExitCode, int? In);

    private sealed class FakeProbe : ITerminalProbe
    {
        public TerminalUser User { get; set; }

        public TerminalUser Look() => User;
    }
}
