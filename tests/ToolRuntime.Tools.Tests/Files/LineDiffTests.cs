using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Tests.Files;

public sealed partial class LineDiffTests
{
    [Fact]
    public void Between_ChangedLine_IsShownWithThreeLinesAround()
    {
        var (text, cut) = LineDiff.Between("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");

        Assert.Equal("--- a/a.txt\n+++ b/a.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n", text);
        Assert.False(cut);
    }

    [Theory]
    [InlineData("", "a\n", "@@ -0,0 +1,1 @@\n+a\n")]
    [InlineData("a\n", "", "@@ -1,1 +0,0 @@\n-a\n")]
    [InlineData("a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n")]
    [InlineData("a\r\n", "a\n", "@@ -1,1 +1,1 @@\n-a\r\n+a\n")]
    public void Between_EdgesOfAText_AreTold(string before, string after, string hunk) =>
        Assert.Equal("--- a/f\n+++ b/f\n" + hunk, LineDiff.Between("f", before, after).Text);

    [Fact]
    public void Between_Same_IsEmpty() => Assert.Equal(("", false), LineDiff.Between("f", "a\n", "a\n"));

    [Fact]
    public void Between_TooMuch_IsCutBehindALine()
    {
        var after = string.Concat(Enumerable.Range(0, 9_000).Select(i => $"line {i} of the text\n"));

        var (text, cut) = LineDiff.Between("f", "other\n", after);

        Assert.True(cut);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), LineDiff.MaxBytes - 40, LineDiff.MaxBytes);
        Assert.EndsWith(" of the text\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_AnyTexts_GiveTheSecondWhenAppliedToTheFirst()
    {
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var before = Lines(random);
            var after = random.Next(4) == 0 ? Lines(random) : Edited(random, before);

            var (text, cut) = LineDiff.Between("f", string.Concat(before), string.Concat(after));

            Assert.False(cut);
            Assert.Equal(string.Concat(after), Apply(before, text));
        }
    }

    private static List<string> Lines(Random random) => [.. Enumerable.Range(0, random.Next(40)).Select(_ => $"{random.Next(6)}\n")];

    private static List<string> Edited(Random random, List<string> lines)
    {
        var edited = lines.ToList();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var at = random.Next(edited.Count + 1);
            if (random.Next(2) == 0 && at < edited.Count) edited.RemoveAt(at);
            else edited.Insert(at, $"new {random.Next(3)}\n");
        }

        return edited;
    }

    /// <summary>As a patch program would, which refuses what does not fit.</summary>
    private static string Apply(List<string> before, string diff)
    {
        var (result, at) = (new StringBuilder(), 0);
        foreach (var line in diff.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => line[0] is '-' or '+' && line[1] == line[0]))
        {
            if (Head().Match(line) is { Success: true } head)
            {
                var start = int.Parse(head.Groups[1].Value, CultureInfo.InvariantCulture) - (head.Groups[2].Value == "0" ? 0 : 1);
                while (at < start) result.Append(before[at++]);
                continue;
            }

            if (line[0] != '+') Assert.Equal(before[at], line[1..] + "\n");
            if (line[0] != '-') result.Append(line.AsSpan(1)).Append('\n');
            if (line[0] != '+') at++;
        }

        while (at < before.Count) result.Append(before[at++]);
        return result.ToString();
    }

    [GeneratedRegex(@"^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$")]
    private static partial Regex Head();
}
