using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;
using ToolRuntime.Shares;

namespace ToolRuntime.Gateway.Tests.Sharing;

/// <summary>What is let through of events.</summary>
public sealed class SharedEventsTests
{
    private const string Token = "ghp_0123456789abcdefghijABCDEFGHIJ";

    private readonly Kept kept = new();
    private int seq;

    [Fact]
    public void Take_SecretInPieces_IsReplacedAndOffsetsMove()
    {
        var events = Open();
        Output(events, 0, $"a {Token[..10]}");
        Output(events, 12, $"{Token[10..]} b");
        Output(events, 38, "c");

        var pieces = kept.Events.Select(json => (json.GetProperty("offset").GetInt64(), json.TryGetProperty("text", out var text) ? text.GetString() : null)).ToList();

        Assert.Equal("a ghp_[redacted] bc", string.Concat(pieces.Select(piece => piece.Item2)).Replace("ghp_[", "ghp_[", StringComparison.Ordinal));
        for (var i = 1; i < pieces.Count; i++) Assert.Equal(pieces[i - 1].Item1 + Encoding.UTF8.GetByteCount(pieces[i - 1].Item2 ?? ""), pieces[i].Item1);
    }

    [Fact]
    public void Take_EndBehindTheBeginningOfASecret_TellsWhatWasHeldBack()
    {
        var events = Open();
        Output(events, 0, "x ghp_012");
        Take(events, "tool.completed", "x1", "\"executionId\":\"x1\",\"summary\":\"exit 0\"");

        Assert.Equal("x ghp_012", string.Concat(kept.Events.Select(json => json.TryGetProperty("text", out var text) ? text.GetString() : "")));
        Assert.Equal(["tool.output", "tool.output", "tool.completed"], kept.Events.Select(json => json.GetProperty("type").GetString()));
    }

    [Fact]
    public void Take_Gap_StaysAsLongAsItIs()
    {
        var events = Open();
        Output(events, 0, $"{Token} ");
        Output(events, 1_000, "y");

        var (first, second) = (kept.Events[0], kept.Events[1]);
        var end = first.GetProperty("offset").GetInt64() + first.GetProperty("text").GetString()!.Length;
        Assert.Equal(1_000 - Token.Length - 1, second.GetProperty("offset").GetInt64() - end);
    }

    [Fact]
    public void Take_Erased_StaysErased()
    {
        var events = Open();
        Output(events, 0, "");

        Assert.Equal("", kept.Events[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Take_MembersNamedLikeSecrets_LoseAllText()
    {
        var events = Open();
        Take(events, "tool.completed", "x1", "\"executionId\":\"x1\",\"result\":{\"credentials\":{\"user\":\"bob\",\"n\":3},\"max_tokens\":5,\"plain\":\"Authorization: Bearer abcdefgh12345\"}");

        Assert.Equal("""{"credentials":{"user":"[redacted]","n":3},"max_tokens":5,"plain":"Authorization: [redacted]"}""", kept.Events[0].GetProperty("result").GetRawText());
    }

    [Fact]
    public void Take_OfAnExecution_HasNoOtherCallsTitleOrNames()
    {
        var events = Open(execution: "x1");
        Take(events, "batch.started", "b1", "\"by\":\"ann\",\"title\":\"secret plan\",\"job\":{\"priority\":1},\"tools\":[{\"executionId\":\"x1\",\"name\":\"shell\"},{\"executionId\":\"x2\",\"name\":\"other\"}]");

        Assert.Equal("""{"seq":1,"type":"batch.started","by":"somebody","tools":[{"executionId":"x1","name":"shell"}]}""", kept.Events[0].GetRawText());
    }

    [Theory]
    [InlineData("session.configured")]
    [InlineData("session.shared")]
    [InlineData("process.defined")]
    [InlineData("later.unknown")]
    public void Take_WhatIsNoneOfTheReplay_IsLeftOut(string type)
    {
        Take(Open(), type, null, "\"parameters\":{}");

        Assert.Empty(kept.Events);
    }

    [Fact]
    public void Take_BeforeTheRange_SaysSoAndStillKnowsWhereSecretsBegin()
    {
        var events = Open(from: 3);
        Output(events, 0, "before ");
        Output(events, 7, Token[..20]);
        Output(events, 27, $"{Token[20..]} after");

        Assert.Equal((1, 2), Assert.Single(kept.Gaps));
        Assert.DoesNotContain(Token[20..], kept.Events.Single().GetRawText(), StringComparison.Ordinal);
        Assert.EndsWith(" after", kept.Events.Single().GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private SharedEvents Open(string? execution = null, long? from = null) => new(
        new("hash", "share_1", "ann", "e", 10, default, default, execution, from),
        new(Options.Create(new ShareOptions()), Options.Create(new RunnerOptions()), []),
        kept);

    private void Output(SharedEvents events, int offset, string text) =>
        Take(events, "tool.output", "x1", $"\"executionId\":\"x1\",\"attempt\":1,\"stream\":\"stdout\",\"offset\":{offset},\"text\":\"{text}\"");

    private void Take(SharedEvents events, string type, string? target, string fields) =>
        events.Take(new(++seq, type, target, Encoding.UTF8.GetBytes($"{{\"seq\":{seq},\"type\":\"{type}\",{fields}}}")));

    private sealed class Kept : IRecordingWriter
    {
        public List<JsonElement> Events { get; } = [];

        public List<(long, long)> Gaps { get; } = [];

        public void Missing(long from, long to) => Gaps.Add((from, to));

        public void Take(EncodedEvent happened) => Events.Add(JsonElement.Parse(happened.Json.Span));

        public void End()
        {
        }
    }
}
