using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Tests.Providers;

public sealed class HistoryTests
{
    [Fact]
    public void Fit_WithinTheBound_ChangesNothing()
    {
        var conversation = Conversation(turns: 3, resultLength: 100);

        Assert.Same(conversation, History.Fit(conversation, conversation.Sum(History.Tokens), []));
    }

    [Fact]
    public void Fit_OneResultTooMany_ShortensTheOldestAlone()
    {
        var conversation = Conversation(turns: 3, resultLength: 9_000);

        var fit = History.Fit(conversation, conversation.Sum(History.Tokens) - 1, []);

        Assert.Equal(conversation.Count, fit.Count);
        Assert.Equal([4_000, 9_000, 9_000], Results(fit).Select(r => r.Length > 4_100 ? r.Length : 4_000));
        Assert.StartsWith("xxxx", Results(fit)[0], StringComparison.Ordinal);
        Assert.Contains("characters left out", Results(fit)[0], StringComparison.Ordinal);
        Assert.EndsWith("0", Results(fit)[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path":"a.txt","content":"%"}""", "a.txt")]
    [InlineData("""{"path":"a.txt","edits":[{"new":"%"},{"new":"%"}]}""", "a.txt")]
    [InlineData("""{"path":"a.txt","lines":[%1]}""", null)]
    public void Fit_LongArguments_AreShortenedTheOldestFirst(string arguments, string? kept)
    {
        var text = arguments.Contains("\"%\"", StringComparison.Ordinal) ? new string('x', 30_000) : string.Concat(Enumerable.Repeat("1,", 20_000));
        var written = Chats.Json(arguments.Replace("%", text, StringComparison.Ordinal));
        List<WireMessage> conversation =
        [
            new(WireRole.User, "q", []), new(WireRole.Assistant, "", [new("c1", "file_write", written, "{}", false)]),
            new(WireRole.User, "q2", []), new(WireRole.Assistant, "", [new("c2", "file_write", written, "{}", false)]),
        ];

        var fit = History.Fit(conversation, conversation.Sum(History.Tokens) - 1_000, []);

        var (first, second) = (fit[1].Calls[0].Arguments, fit[3].Calls[0].Arguments);
        Assert.True(first.GetRawText().Length < 9_000);
        Assert.Equal(kept, first.TryGetProperty("path", out var path) ? path.GetString() : null);
        Assert.Contains("characters left out", first.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(written.GetRawText(), second.GetRawText());
    }

    [Fact]
    public void Fit_ThinkingOfEarlierTurns_GoesFirst()
    {
        WireMessage Thought(int i) => Round(i, 100) with { Own = new() { ["parts"] = new string('t', 9_000) }, OwnLength = 9_000 };
        List<WireMessage> conversation = [new(WireRole.User, "q", []), Thought(0), Thought(1), new(WireRole.User, "q2", []), Thought(2)];

        var fit = History.Fit(conversation, conversation.Sum(History.Tokens) - 1, []);

        Assert.Equal([false, true, true], fit.Where(m => m.Role == WireRole.Assistant).Select(m => m.Own is not null));
        Assert.Equal([false, false, true], History.Fit(conversation, 4_000, []).Where(m => m.Role == WireRole.Assistant).Select(m => m.Own is not null));
    }

    [Fact]
    public void Fit_ShortResultsAreTooMuch_DropsTheOldestTurnsWhole()
    {
        var conversation = Conversation(turns: 10, resultLength: 9_000);

        var fit = History.Fit(conversation, 1_000, []);

        Assert.True(fit.Sum(History.Tokens) <= 1_000);
        Assert.Equal((WireRole.System, WireRole.User), (fit[0].Role, fit[1].Role));
        Assert.Equal("question 9", fit.Last(m => m.Role == WireRole.User).Text);
        Assert.Equal(conversation.TakeLast(fit.Count - 1).Select(m => m.Text), fit.Skip(1).Select(m => m.Text));
    }

    [Fact]
    public void Fit_OneLongTurn_DropsItsOldestRoundsAndKeepsTheQuestion()
    {
        List<WireMessage> conversation = [new(WireRole.User, "question", []), .. Enumerable.Range(0, 50).Select(i => Round(i, 9_000))];

        var fit = History.Fit(conversation, 1_000, []);

        Assert.True(fit.Sum(History.Tokens) <= 1_000);
        Assert.Equal("question", fit[0].Text);
        Assert.Equal("c49", fit[^1].Calls[0].Id);
    }

    [Fact]
    public void Fit_ToolDeclarations_CountToo()
    {
        var conversation = Conversation(turns: 2, resultLength: 9_000);
        var tool = new WireTool("t", new string('d', 900), Chats.Json("{}"));

        Assert.NotSame(conversation, History.Fit(conversation, conversation.Sum(History.Tokens) + 100, [tool]));
    }

    [Fact]
    public void Fit_SurrogatesAtTheCut_StayWhole()
    {
        List<WireMessage> conversation = [new(WireRole.User, "q", []), Round(0, 0) with { Calls = [new("c", "t", Chats.Json("{}"), "x" + string.Concat(Enumerable.Repeat("😀", 5_000)), false)] }];

        var result = Results(History.Fit(conversation, 1_000, []))[0];

        Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(result)));
    }

    private static List<string> Results(IEnumerable<WireMessage> messages) => [.. messages.SelectMany(m => m.Calls).Select(c => c.Result)];

    private static List<WireMessage> Conversation(int turns, int resultLength) =>
    [
        new(WireRole.System, "system", []),
        .. Enumerable.Range(0, turns).SelectMany(i => new[] { new(WireRole.User, $"question {i}", []), Round(i, resultLength), new WireMessage(WireRole.Assistant, $"answer {i}", []) }),
    ];

    private static WireMessage Round(int i, int resultLength) =>
        new(WireRole.Assistant, "", [new($"c{i}", "shell", Chats.Json("{}"), new string('x', Math.Max(0, resultLength - 1)) + "0", false)]);
}
