using System.Text;
using Xunit.Abstractions;

namespace ToolRuntime.Tools.Tests.Boundaries;

public sealed class RecordingTests(ITestOutputHelper output)
{
    private const double Wanted = 0.98;

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Recording.Folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Fact]
    public void Turns_OfAllPrograms_AreRight()
    {
        var (right, all, report) = (0, 0, new StringBuilder());
        foreach (var path in Directory.EnumerateFiles(Recording.Folder, "*.jsonl").Order())
        {
            var recording = new Recording(path);
            var (hits, of) = Compare(recording, report);
            (right, all) = (right + hits, all + of);
        }

        output.WriteLine($"{right} of {all}\n{report}");
        Assert.True(right >= Wanted * all, $"{right} of {all} turns are right.\n{report}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Turns_WhateverPiecesTheyComeIn_AreTheSame(string name)
    {
        var recording = new Recording(Path.Combine(Recording.Folder, $"{name}.jsonl"));
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

    // In order; one too many counts as wrong as one too few.
    private static (int Right, int All) Compare(Recording recording, StringBuilder report)
    {
        var expected = recording.Expected;
        var seen = recording.Detect().Select(recording.Seen).ToList();
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
