using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Sessions;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Stores.Tests.SessionLog;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.SessionLog;

/// <summary>Messages found by SQLite's indexes, against a reading of the whole log and against the session's own view.</summary>
public sealed class MessagePageTests : IDisposable
{
    private static readonly SessionKey Key = new("acme", "s1");
    private static readonly LogReadLimits All = new(int.MaxValue, int.MaxValue);

    private readonly SqliteStore store = new();
    private readonly SqliteSessionLog log;

    public MessagePageTests() => log = store.Open();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task ReadMessages_OfAnySession_GivesWhatItsViewHas(int seed)
    {
        var session = new RandomSession(seed);
        for (var i = 0; i < 400; i++) session.Step();
        await WriteAsync(session.Rig.Log);

        var page = await log.ReadMessagesAsync(Key, null, All);

        var expected = SessionViews.Of(session.Rig.State, "ann").Messages
            .Select(message => message with
            {
                Reasoning = null,
                RoundOffset = message.State is MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled ? null : message.RoundOffset,
            })
            .ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(Text(expected), Text(page!.Messages.Select(MessageHistory.ViewOf)));
        Assert.Equal((false, false), (page.More, page.Trimmed));
    }

    [Theory]
    [InlineData(11, 0)]
    [InlineData(12, 40)]
    [InlineData(13, 150)]
    public async Task ReadMessages_EveryPage_IsAsAReadingOfTheWholeLogFindsIt(int seed, int trimmed)
    {
        var session = new RandomSession(seed);
        for (var i = 0; i < 300; i++) session.Step();
        var token = await WriteAsync(session.Rig.Log);
        await log.TrimAsync(Key, token, trimmed);
        string?[] cursors = [null, "nonsense", .. session.Rig.Log.Where(entry => MessageEntryTypes.IsAbout(entry.Event.Type)).Select(entry => entry.Event.Target).Distinct()];

        foreach (var before in cursors)
        {
            foreach (var limits in (LogReadLimits[])[new(1, int.MaxValue), new(3, int.MaxValue), new(200, 2_000), All])
            {
                Assert.Equal(Text(await MessageScan.ReadAsync(log, Key, before, limits, CancellationToken.None)), Text(await log.ReadMessagesAsync(Key, before, limits)));
            }
        }
    }

    [Fact]
    public async Task ReadMessages_AfterReset_FindsNoneOfBefore()
    {
        var token = await WriteAsync([Message(1, "a"), Entry(2, "session.reset", null, "\"by\":\"ann\""), Message(3, "b")]);

        Assert.Equal(["b"], Ids(await log.ReadMessagesAsync(Key, null, All)));
        Assert.Null(await log.ReadMessagesAsync(Key, "a", All));
        Assert.Empty(Ids(await log.ReadMessagesAsync(Key, "b", All)));
        Assert.NotEmpty(token);
    }

    [Fact]
    public async Task ReadMessages_OfASessionThatIsNot_IsEmpty()
    {
        Assert.Empty(Ids(await log.ReadMessagesAsync(Key, null, All)));
        Assert.Null(await log.ReadMessagesAsync(Key, "a", All));
    }

    [Fact]
    public async Task ReadMessages_OfOneSession_GivesNoneOfAnother()
    {
        await WriteAsync([Message(1, "a"), Message(2, "b")]);
        var other = new SessionKey("acme", "s2");
        var opening = await log.OpenAsync(other, "ann");
        await log.AppendAsync(other, opening!.Token, 0, [Message(1, "c")]);

        Assert.Equal(["c"], Ids(await log.ReadMessagesAsync(other, null, All)));
        Assert.Null(await log.ReadMessagesAsync(other, "b", All));
    }

    [Fact]
    public async Task Open_FileOfTheFirstSchema_GetsItsIndexes()
    {
        var token = await WriteAsync([Message(1, "a"), Message(2, "b")]);
        await log.AppendAsync(Key, token, 2, [], new(Members: ["bob", "bob"]));
        await store.CloseAsync();
        using (var file = new SqliteConnection($"Data Source={Path.Combine(store.Folder, "sessions.db")};Pooling=False"))
        {
            file.Open();
            using var older = file.CreateCommand();
            older.CommandText = OlderSchemas.Sql(1);
            older.ExecuteNonQuery();
        }

        var reopened = store.Open();

        Assert.Equal(["a"], Ids(await reopened.ReadMessagesAsync(Key, "b", All)));
        Assert.Single(await reopened.ListAsync(Key.Tenant, "ann", 10));
        Assert.Single(await reopened.ListAsync(Key.Tenant, "bob", 10));
    }

    private async Task<string> WriteAsync(IEnumerable<LogEntry> entries)
    {
        var opening = await log.OpenAsync(Key, "ann");
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, opening!.Token, 0, [.. entries]));
        return opening.Token;
    }

    private static LogEntry Message(long seq, string id) => Entry(seq, "message.created", id, $"\"messageId\":\"{id}\",\"role\":\"user\",\"text\":\"hi\",\"by\":\"ann\"");

    private static LogEntry Entry(long seq, string type, string? target, string fields) =>
        new(new(seq, type, target, Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"seq\":{seq},\"at\":\"2026-01-31T09:30:00.000Z\",{fields}}}")), default);

    private static IEnumerable<string> Ids(MessagePage? page) => page!.Messages.Select(message => message.Id);

    private static string Text(IEnumerable<MessageView> messages) => string.Join('\n', messages.Select(message => JsonSerializer.Serialize(message, WireJsonContext.Default.MessageView)));

    private static string Text(MessagePage? page) => page is null ? "none" : string.Join('\n', page.Messages.Select(message =>
        $"{message.Id} [{string.Join(' ', message.Batches)}] {string.Join(' ', message.Entries.Select(entry => $"{entry.Event.Seq}:{entry.Event.Json.Length}:{entry.Private.Length}"))}")) + $" {page.Epoch} {page.More} {page.Trimmed}";
}
