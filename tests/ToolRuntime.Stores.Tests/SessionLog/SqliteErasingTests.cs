using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What was erased is in no file, wherever SQLite has moved it meanwhile.</summary>
public sealed class SqliteErasingTests : IDisposable
{
    private readonly SqliteStore store = new();
    private readonly Random random = new(7);

    private string Path => System.IO.Path.Combine(store.Folder, "sessions.db");

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(4_000)]
    public async Task Erase_AmongManySessions_LeavesNoTextWhereAPageWasSplit(int checkpointPages)
    {
        // SQLite's own secure_delete leaves some of these.
        var log = store.Open(checkpointPages);
        var open = new List<Writing>();
        var kept = new List<(SessionKey Key, int Count)>();
        for (var round = 1; round <= 150; round++)
        {
            while (open.Count < 6)
            {
                var key = new SessionKey("acme", $"s{round}-{open.Count}");
                open.Add(new(key, (await log.OpenAsync(key, "ann"))!.Token, Secret()));
            }

            for (var i = 0; i < 40; i++) await open[random.Next(open.Count)].AppendAsync(log, random);
            var gone = open[random.Next(open.Count)];
            open.Remove(gone);
            if (random.Next(3) == 0) await log.DeleteAsync(gone.Key);
            else
            {
                await log.EraseAsync(gone.Key, gone.Token, [.. Enumerable.Range(1, gone.Head).Select(seq => Writing.Entry(seq, "{}"))]);
                kept.Add((gone.Key, gone.Head));
            }

            Assert.False(await store.HoldsAsync(gone.Secret), $"round {round}");
        }

        foreach (var (key, count) in kept) Assert.Equal(count, (await log.ReadAsync(key, 0, new(int.MaxValue, int.MaxValue))).Entries.Length);
        Assert.True(await store.HoldsAsync(open.MaxBy(each => each.Head)!.Secret));
        await store.CloseAsync();
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Open_FileThatAnOlderVersionWrote_ClearsItsPages()
    {
        var log = store.Open();
        var writing = new Writing(new("acme", "s1"), (await log.OpenAsync(new("acme", "s1"), "ann"))!.Token, "said");
        for (var i = 0; i < 200; i++) await writing.AppendAsync(log, random);
        await store.CloseAsync();
        Scalar(OlderSchemas.Sql(6));
        var secret = Secret();
        Assert.NotEqual(0, Hide(secret));
        Assert.True(await store.HoldsAsync(secret));

        log = store.Open();

        Assert.False(await store.HoldsAsync(secret));
        Assert.Equal(200, (await log.ReadAsync(writing.Key, 0, new(int.MaxValue, int.MaxValue))).Entries.Length);
        await store.CloseAsync();
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
    }

    private string Secret() => Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64())) + Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()));

    /// <summary>Puts a text where the leaves of tables have nothing, as a page that was split has it; gives how many there are.</summary>
    private int Hide(string text)
    {
        const int Size = 4_096;
        var (bytes, file, hidden) = (Encoding.UTF8.GetBytes(text), File.ReadAllBytes(Path), 0);
        for (var page = Size; page < file.Length; page += Size)
        {
            var cells = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(page + 3));
            var (from, to) = (8 + (2 * cells), BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(page + 5)));
            if (file[page] != 13 || to - from < bytes.Length) continue;
            bytes.CopyTo(file.AsSpan(page + from));
            hidden++;
        }

        File.WriteAllBytes(Path, file);
        return hidden;
    }

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private sealed class Writing(SessionKey key, string token, string secret)
    {
        public SessionKey Key => key;

        public string Token => token;

        public string Secret => secret;

        public int Head { get; private set; }

        public static LogEntry Entry(int seq, string json) => new(new(seq, "message.delta", "m1", Encoding.UTF8.GetBytes(json)), default);

        public async Task AppendAsync(SqliteSessionLog log, Random random)
        {
            var text = string.Concat(Enumerable.Repeat($"{secret} ", random.Next(8) == 0 ? random.Next(1, 400) : random.Next(1, 12)));
            Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(key, token, Head, [Entry(Head + 1, $"{{\"text\":\"{text}\"}}")]));
            Head++;
        }
    }
}
