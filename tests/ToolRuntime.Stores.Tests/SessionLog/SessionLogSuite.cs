using System.Collections.Immutable;
using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>A log of its own for each test, and short ways to use it.</summary>
public abstract class SessionLogSuite : IAsyncLifetime
{
    private protected static readonly LogReadLimits NoLimits = new(int.MaxValue, int.MaxValue);
    private protected static readonly SessionKey Key = new("acme", "s1");

    private protected ISessionLogStore Store { get; private set; } = null!;

    private protected ISessionLog Log { get; set; } = null!;

    protected abstract ISessionLogStore CreateStore();

    public async Task InitializeAsync()
    {
        Store = CreateStore();
        Log = await Store.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await Store.CloseAsync();
        await Store.DisposeAsync();
    }

    private protected async Task<LogOpening> OpenAsync(SessionKey key) => (await Log.OpenAsync(key, "ann"))!;

    private protected async Task AppendAsync(SessionKey key, string token, long head, int count) =>
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(key, token, head, Entries(head, count)));

    private protected async Task AssertSeqsAsync(SessionKey key, IEnumerable<long> expected) => Assert.Equal(expected, await SeqsAsync(key));

    private protected async Task<IEnumerable<long>> SeqsAsync(SessionKey key) => (await Log.ReadAsync(key, 0, NoLimits)).Entries.Select(entry => entry.Event.Seq).ToArray();

    private protected async Task AddAsync(string session, string owner, string? member = null, string tenant = "acme")
    {
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        var key = new SessionKey(tenant, session);
        var opening = (await Log.OpenAsync(key, owner))!;
        await Log.AppendAsync(key, opening.Token, opening.Header.Head, Entries(opening.Header.Head, 1), member is null ? null : new([member]));
    }

    private protected static ImmutableArray<LogEntry> Entries(long head, int count) => [.. Enumerable.Range(1, count).Select(i => Entry(head + i))];

    private protected static LogEntry Entry(long seq, string type = "tool.output", string? target = "e1", string json = "{}", string own = "") =>
        new(new(seq, type, target, Encoding.UTF8.GetBytes(json)), Encoding.UTF8.GetBytes(own));

    private protected static (long, string, string?, string, string) Describe(LogEntry entry) =>
        (entry.Event.Seq, entry.Event.Type, entry.Event.Target, Text(entry.Event.Json), Text(entry.Private));

    private protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
