using System.Text;
using ToolRuntime.Tools.Boundaries;
using Xunit.Abstractions;

namespace ToolRuntime.Tools.Tests.Boundaries;

public sealed class RecordingTests(ITestOutputHelper output)
{
    private const double Wanted = 0.98;
    private const double WithoutRules = 0.96;

    private static readonly string[] WithRules =
        ["agent-standin", "bash-plain", "bc", "gdb", "node", "ollama-standin", "psql", "python", "redis-cli", "sqlite3"];

    private static readonly string[] WithMarks = ["bash-integrated", "fish-integrated", "zsh-integrated"];

    public static TheoryData<string> Names => [.. Files("", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Recording.Folder, path))];

    [Fact]
    public void Turns_OfProgramsThatTheRecogniserWasMadeWith_AreRight()
    {
        var (right, all) = Count(Files(""), new());

        Assert.True(right >= Wanted * all, $"{right} of {all} turns are right.");
    }

    /// <summary>The figure that was wanted: programs with rules or marks, and of unseen ones more than half as many.</summary>
    [Fact]
    public void Turns_OfProgramsWithRulesAndOfUnseenOnes_AreRight()
    {
        string[] seen = [.. WithRules.Concat(WithMarks).Select(name => Path.Combine(Recording.Folder, $"{name}.jsonl"))], unseen = [.. Files("unseen")];

        var (right, all) = Count([.. seen, .. unseen], new());

        Assert.True(3 * unseen.Length >= seen.Length + unseen.Length, $"{unseen.Length} unseen programs are less than a third.");
        Assert.True(right >= Wanted * all, $"{right} of {all} turns are right.");
    }

    /// <summary>How many of the programs that came later is what holds, not what is wanted: see the folder's README.</summary>
    [Theory]
    [InlineData("round-1", 87, 94)]
    [InlineData("round-2", 56, 65)]
    [InlineData("unseen", 60, 63)]
    public void Turns_OfProgramsThatCameLater_AreRightAsOftenAsIsSaid(string folder, int right, int all) =>
        Assert.Equal((right, all), Count(Files(folder), new()));

    /// <summary>Rules are for what can't be seen without them; most can.</summary>
    [Fact]
    public void Turns_OfProgramsWithRulesButWithoutTheirRules_AreMostlyRight()
    {
        var folder = Directory.CreateTempSubdirectory("rules-");
        try
        {
            var generic = File.ReadAllText(Path.Combine(Recording.Folder, "../../../tools/Boundaries/Rules/generic.json"));
            File.WriteAllText(Path.Combine(folder.FullName, "all.json"), generic.Replace("\"prompt\"", "\"program\": \".\", \"prompt\"", StringComparison.Ordinal));

            var (right, all) = Count(WithRules.Select(name => Path.Combine(Recording.Folder, $"{name}.jsonl")), new(folder.FullName));

            Assert.True(right >= WithoutRules * all, $"{right} of {all} turns are right.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Turns_WhateverPiecesTheyComeIn_AreTheSame(string name)
    {
        var recording = new Recording(Path.Combine(Recording.Folder, name));
        List<TerminalTurn> whole = [], bytes = [];
        recording.Detect(all: whole);
        recording.Detect(_ => 1, bytes);
        Assert.NotEmpty(whole);
        Assert.Equal(whole, bytes);
        for (var seed = 0; seed < 10; seed++)
        {
            var dice = new Random(seed);
            List<TerminalTurn> cut = [];
            recording.Detect(left => dice.Next(1, Math.Min(left, 20) + 1), cut);
            Assert.Equal(whole, cut);
        }
    }

    private static IEnumerable<string> Files(string folder, SearchOption option = SearchOption.TopDirectoryOnly) =>
        Directory.EnumerateFiles(Path.Combine(Recording.Folder, folder), "*.jsonl", option).Order(StringComparer.Ordinal);

    private (int Right, int All) Count(IEnumerable<string> paths, BoundaryRules rules)
    {
        var (right, all, report) = (0, 0, new StringBuilder());
        foreach (var path in paths)
        {
            var (hits, of) = Compare(new(path), rules, report);
            (right, all) = (right + hits, all + of);
        }

        output.WriteLine($"{right} of {all}\n{report}");
        return (right, all);
    }

    // In order; one too many counts as wrong as one too few.
    private static (int Right, int All) Compare(Recording recording, BoundaryRules rules, StringBuilder report)
    {
        var expected = recording.Expected;
        var seen = recording.Detect(rules: rules).Select(recording.Seen).ToList();
        var (right, at) = (0, 0);
        foreach (var turn in expected)
        {
            var found = seen.IndexOf(turn, at);
            if (found < 0)
            {
                report.AppendLine($"{recording.Name}: missing {turn}");
                continue;
            }

            foreach (var extra in seen.Skip(at).Take(found - at)) report.AppendLine($"{recording.Name}: extra {extra}");
            (right, at) = (right + 1, found + 1);
        }

        foreach (var extra in seen.Skip(at)) report.AppendLine($"{recording.Name}: extra {extra}");
        var all = Math.Max(expected.Count, seen.Count);
        report.AppendLine($"{recording.Name}: {right} of {all}");
        return (right, all);
    }
}
