using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Storage;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.Sqlite;

[GenerateSerializer]
public sealed class Ledger
{
    [Id(0)]
    public int Total { get; set; }

    [Id(1)]
    public ImmutableArray<LedgerLine> Lines { get; set; } = [];

    [Id(2)]
    public Dictionary<string, List<int>> ByName { get; set; } = [];
}

[GenerateSerializer, Immutable, JsonPolymorphic(TypeDiscriminatorPropertyName = "type"), JsonDerivedType(typeof(Deposit), "deposit")]
public abstract record LedgerLine(DateTimeOffset At);

[GenerateSerializer, Immutable]
public sealed record Deposit(DateTimeOffset At, decimal Amount, ReadOnlyMemory<byte> Receipt) : LedgerLine(At);

/// <summary>What every grain storage must do.</summary>
public abstract class GrainStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("ledger", "t/s/1");

    private protected abstract IGrainStorage Storage { get; }

    [Fact]
    public async Task Read_NothingStored_HasNoRecord()
    {
        var state = new GrainState<Ledger>(new());

        await Storage.ReadStateAsync("ledger", Grain, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
    }

    [Fact]
    public async Task Write_ThenRead_ReturnsTheState()
    {
        var written = await WriteAsync(new()
        {
            Total = 7,
            Lines = [new Deposit(DateTimeOffset.UnixEpoch, 1.5m, new byte[] { 1, 2, 3 })],
            ByName = { ["a"] = [1, 2] },
        });

        var read = await ReadAsync();

        Assert.Equal((7, true, written.ETag), (read.State!.Total, read.RecordExists, read.ETag));
        Assert.Equal([1, 2], read.State!.ByName["a"]);
        Assert.Equal([1, 2, 3], Assert.IsType<Deposit>(Assert.Single(read.State!.Lines)).Receipt.ToArray());
    }

    [Fact]
    public async Task Write_ThenChangeTheObject_StoresOnlyWhatWasWritten()
    {
        var written = await WriteAsync(new() { Total = 1 });

        written.State!.Total = 2;

        Assert.Equal(1, (await ReadAsync()).State!.Total);
    }

    [Fact]
    public async Task Write_OfAnotherGrainOrName_IsApart()
    {
        await WriteAsync(new() { Total = 1 });
        await Storage.WriteStateAsync("other", Grain, new GrainState<Ledger>(new() { Total = 2 }));
        await Storage.WriteStateAsync("ledger", GrainId.Create("ledger", "t/s/2"), new GrainState<Ledger>(new() { Total = 3 }));

        Assert.Equal(1, (await ReadAsync()).State!.Total);
    }

    [Fact]
    public async Task Write_OnStaleVersion_ThrowsAndKeepsWhatIsStored()
    {
        var mine = await WriteAsync(new() { Total = 1 });
        var theirs = await ReadAsync();
        theirs.State!.Total = 2;
        await Storage.WriteStateAsync("ledger", Grain, theirs);

        var thrown = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("ledger", Grain, mine));

        Assert.Equal((theirs.ETag, mine.ETag), (thrown.StoredEtag, thrown.CurrentEtag));
        Assert.Equal(2, (await ReadAsync()).State!.Total);
    }

    [Fact]
    public async Task Write_AsNewOverARecord_Throws()
    {
        await WriteAsync(new());

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(new()));
    }

    [Fact]
    public async Task Clear_RemovesTheRecordAndItsVersionNeverComesBack()
    {
        var old = await WriteAsync(new() { Total = 1 });
        var stale = new GrainState<Ledger>(new(), old.ETag);

        await Storage.ClearStateAsync("ledger", Grain, old);
        Assert.False(old.RecordExists);
        Assert.False((await ReadAsync()).RecordExists);
        await WriteAsync(new() { Total = 2 });

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("ledger", Grain, stale));
    }

    [Fact]
    public async Task Clear_OnStaleVersion_Throws()
    {
        var mine = await WriteAsync(new());
        await Storage.WriteStateAsync("ledger", Grain, await ReadAsync());

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("ledger", Grain, mine));
        Assert.True((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task Write_ManyAtOnceOnOneVersion_ExactlyOneWins()
    {
        await WriteAsync(new());
        var competitors = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync()));

        var outcomes = await Task.WhenAll(competitors.Select(async state =>
        {
            try
            {
                await Task.Run(() => Storage.WriteStateAsync("ledger", Grain, state));
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        }));

        Assert.Single(outcomes, won => won);
    }

    private async Task<GrainState<Ledger>> WriteAsync(Ledger ledger)
    {
        var state = new GrainState<Ledger>(ledger);
        await Storage.WriteStateAsync("ledger", Grain, state);
        return state;
    }

    private async Task<GrainState<Ledger>> ReadAsync()
    {
        var state = new GrainState<Ledger>();
        await Storage.ReadStateAsync("ledger", Grain, state);
        return state;
    }
}

public sealed class SqliteGrainStorageTests : GrainStorageTests, IDisposable
{
    private readonly SqliteFile file = new();

    public SqliteGrainStorageTests() => Storage = new SqliteGrainStorage(file.Open());

    private protected override IGrainStorage Storage { get; }

    public void Dispose() => file.Dispose();
}
