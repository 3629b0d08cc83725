using System.Text.Json.Nodes;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Contracts;

public sealed class TerminalModesTests
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var each in Fixtures.Read("modes", "modes").AsArray()) cases.Add((string)each!["description"]!, (string)each["text"]!, (string)each["modes"]!);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void After_WhereverTheTextIsDivided_IsTheSame(string description, string text, string modes)
    {
        Assert.NotEmpty(description);
        Assert.Equal(modes, TerminalModes.After("", text));
        Assert.Equal(modes, TerminalModes.After(modes, ""));
        for (var i = 1; i < text.Length; i++) Assert.Equal((i, modes), (i, TerminalModes.After(TerminalModes.After("", text.AsSpan(0, i)), text.AsSpan(i))));
    }

    /// <summary>Whatever comes, what is kept of a terminal is little, and gives itself.</summary>
    [Fact]
    public void After_RandomSequences_IsShortAndGivesItself()
    {
        var random = new Random(7);
        const string letters = "\x1b\x1b\x1b[[[?;;::0123456789mhlrqu()B0pcPX^_]\\ !\a\x0e\x0f";
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Create(400, random, (span, from) =>
            {
                foreach (ref var character in span) character = letters[from.Next(letters.Length)];
            });
            var at = random.Next(text.Length);
            var modes = TerminalModes.After("", text);
            Assert.Equal(modes, TerminalModes.After(modes, ""));
            Assert.Equal(modes, TerminalModes.After(TerminalModes.After("", text.AsSpan(0, at)), text.AsSpan(at)));
            Assert.InRange(modes.Length, 0, 500);
        }
    }
}
