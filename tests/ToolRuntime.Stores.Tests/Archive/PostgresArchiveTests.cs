using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Archive;

/// <summary>The table by itself, and what is told of a database that can't be used.</summary>
public sealed class PostgresArchiveTests
{
    private static readonly SessionKey Session = new("acme", "s1");

    [Fact]
    public async Task Add_TheSameAgain_ChangesNothing()
    {
        await using var archive = await ArchivingStore.ArchiveAsync();
        var log = new ArchivedLog(Guid.NewGuid(), Name(), Session);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => archive.AddAsync(log, 0, new byte[] { 1 })));
        await archive.AddAsync(log, 1, new byte[] { 2 });

        Assert.Equal([1], await archive.ReadAsync(log.Id, 0));
        Assert.Equal([2], await archive.ReadAsync(log.Id, 1));
        Assert.Null(await archive.ReadAsync(log.Id, 2));
    }

    [Fact]
    public async Task Release_WithinTheTimeToKeep_KeepsIt()
    {
        await using var archive = await ArchivingStore.ArchiveAsync();
        await using var hasty = await ArchivingStore.ArchiveAsync(TimeSpan.Zero);
        var log = new ArchivedLog(Guid.NewGuid(), Name(), Session);
        await archive.AddAsync(log, 0, new byte[] { 1 });

        Assert.Empty(await archive.ReleaseAsync([log.Id]));
        Assert.Empty(await archive.ReleaseAsync([log.Id]));
        await archive.KeepAsync([log.Id]);
        Assert.Empty(await hasty.ReleaseAsync([log.Id]));
        Assert.NotNull(await archive.ReadAsync(log.Id, 0));

        Assert.Equal([log.Id], (await hasty.ReleaseAsync([log.Id])).AsEnumerable());
        Assert.Null(await archive.ReadAsync(log.Id, 0));
    }

    [Fact]
    public async Task Take_ByManyAtOnce_GivesEachToOne()
    {
        await using var archive = await ArchivingStore.ArchiveAsync(TimeSpan.Zero);
        var store = Name();
        var logs = Enumerable.Range(0, 30).Select(i => new ArchivedLog(Guid.NewGuid(), store, Session with { Session = $"s{i}" })).ToArray();
        foreach (var log in logs) await archive.AddAsync(log, 0, new byte[] { 1 });

        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => archive.TakeAsync(store, 10)));

        Assert.Equal(logs.OrderBy(log => log.Id), taken.SelectMany(some => some).OrderBy(log => log.Id));
        Assert.Empty(await archive.TakeAsync(store, 10));
    }

    [Fact]
    public async Task Prepare_ByManyAtOnceAndByAnOlderProgram()
    {
        var server = await PostgresServer.Shared;
        var options = Options.Create(new PostgresArchiveOptions { ConnectionString = await server.NewDatabaseAsync() });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var archive = new PostgresArchive(options);
            Assert.Null(await archive.ReadAsync(Guid.NewGuid(), 0));
        }));

        await server.PsqlAsync("UPDATE toolruntime_archive_schema SET version = 99", options.Value.ConnectionString!.Split("Database=")[1].Split(';')[0]);
        await using var older = new PostgresArchive(options);
        Assert.Contains("newer", (await Assert.ThrowsAsync<SessionLogUnavailableException>(() => older.ReadAsync(Guid.NewGuid(), 0))).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=hidden-word;Timeout=2", "can't be reached")]
    [InlineData(";Password=hidden-word", "refuses this user")]
    [InlineData(";Database=nowhere", "has no such database")]
    public async Task Database_ThatCannotBeUsed_IsToldInWordsWithoutSecrets(string connection, string reason)
    {
        var text = connection.StartsWith(';') ? (await PostgresServer.Shared).ConnectionString + connection : connection;
        await using var archive = new PostgresArchive(Options.Create(new PostgresArchiveOptions { ConnectionString = text }));

        var fault = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => archive.ReadAsync(Guid.NewGuid(), 0));

        Assert.Equal($"the archive of idle sessions {reason}", fault.Reason);
        Assert.DoesNotContain("hidden-word", $"{fault}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://u:hidden-word@host/db")]
    [InlineData("Nonsense=1;Password=hidden-word")]
    [InlineData("Password=hidden-word")]
    public void ConnectionString_ThatIsNone_IsRefusedWithoutShowingIt(string text)
    {
        Assert.Null(PostgresDatabase.Parse(text));
        var refusal = Assert.Throws<ArgumentException>(() => new PostgresDatabase(null!, text, 5_000));
        Assert.DoesNotContain("hidden-word", $"{refusal}", StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_WithoutItsKeyOrAtAnotherPlace_IsUnreadable()
    {
        var key = ArchiveKey.New();
        var content = "what people said"u8.ToArray();
        var sealedPart = key.Seal(1, content);

        Assert.Equal(content, ArchiveKey.Parse(key.Bytes)!.Unseal(1, sealedPart));
        Assert.Throws<System.Security.Cryptography.AuthenticationTagMismatchException>(() => key.Unseal(2, sealedPart));
        Assert.Throws<System.Security.Cryptography.AuthenticationTagMismatchException>(() => ArchiveKey.New().Unseal(1, sealedPart));
        Assert.True(sealedPart.AsSpan().IndexOf("people"u8) < 0);
    }

    private static string Name() => Guid.NewGuid().ToString("n");
}
