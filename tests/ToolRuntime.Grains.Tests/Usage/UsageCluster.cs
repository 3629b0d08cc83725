using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Usage;

namespace ToolRuntime.Grains.Tests.Usage;

/// <summary>Silos that count usage in accounts that they share, without sessions.</summary>
internal sealed class UsageCluster : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("usage-");
    private readonly InProcessTestCluster cluster;

    private UsageCluster(short silos, Action<ISiloBuilder> store, (string Name, object Value)[] settings)
    {
        // A slow machine is no account that is away.
        settings = [.. settings, ("Quotas:Patience", "00:01:00")];
        var named = settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value.ToString()));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(named).Build();
        cluster = new InProcessTestClusterBuilder(silos)
            .ConfigureSilo((_, silo) =>
            {
                silo.UseInMemoryReminderService();
                silo.Services.AddToolRunners(workspaces: workspaces => workspaces.DataPath = folder.FullName).AddUsage(configuration);
                silo.Services.Configure<ToolPolicyOptions>("images", policy => policy.PricePerCall = 0.5m);
                store(silo);
            })
            .Build();
    }

    public int Silos => cluster.Silos.Count;

    public static Task<UsageCluster> StartAsync(short silos, SharedStates states, params (string Name, object Value)[] settings) =>
        StartAsync(silos, silo => silo.Services.AddGrainStorage(GrainStates.Storage, (_, _) => states), settings);

    public static async Task<UsageCluster> StartAsync(short silos, Action<ISiloBuilder> store, params (string Name, object Value)[] settings)
    {
        var started = new UsageCluster(silos, store, settings);
        await started.cluster.DeployAsync();
        return started;
    }

    public UsageLedger Ledger(int silo) => cluster.GetSiloServiceProvider(cluster.Silos[silo].SiloAddress).GetRequiredService<UsageLedger>();

    public IUsageAccount Account(string? subject = null) => cluster.Client.GetGrain<IUsageAccount>(Key(subject).ToString());

    public Task<UsageStatement> GetAsync(string? subject = null) => cluster.Client.GetGrain<IUsageGrain>(Key(subject).ToString()).GetAsync();

    public static UsageKey Key(string? subject) => UsageKey.At("acme", subject, DateTimeOffset.UtcNow);

    /// <summary>Has all silos report what they have gathered.</summary>
    public Task FlushAsync() => Task.WhenAll(Enumerable.Range(0, Silos).Select(silo => Ledger(silo).FlushAsync()));

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

/// <summary>States in memory that all silos share; writes can be made to fail, before or after they are done.</summary>
internal sealed class SharedStates : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Version, byte[] State)> stored = new();

    private readonly TaskCompletionSource cleared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next write is done, and reported as failed.</summary>
    public bool LoseAnswer { get; set; }

    /// <summary>Of which state.</summary>
    public string LoseAnswerOf { get; set; } = "usage";

    public bool Away { get; set; }

    public int Writes { get; private set; }

    /// <summary>The name and the bytes of the state that was written last.</summary>
    public (string Name, int Length) Last { get; private set; }

    /// <summary>Completes when a state is cleared.</summary>
    public Task Cleared => cleared.Task;

    public bool Has(UsageKey account) => stored.Keys.Any(grain => grain.EndsWith($"/{account}", StringComparison.Ordinal));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.RecordExists = stored.TryGetValue(Key(stateName, grainId), out var found);
        grainState.ETag = found.Version;
        grainState.State = grainState.RecordExists ? JsonSerializer.Deserialize<T>(found.State)! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Away) throw new IOException("The store is away.");
        if (stored.TryGetValue(Key(stateName, grainId), out var found) && found.Version != grainState.ETag)
        {
            throw new InconsistentStateException("Another version.");
        }

        var version = Guid.NewGuid().ToString();
        var state = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        stored[Key(stateName, grainId)] = (version, state);
        Last = (stateName, state.Length);
        Writes++;
        if (LoseAnswer && stateName == LoseAnswerOf)
        {
            LoseAnswer = false;
            throw new IOException("The answer is lost.");
        }

        (grainState.ETag, grainState.RecordExists) = (version, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        stored.TryRemove(Key(stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        cleared.TrySetResult();
        return Task.CompletedTask;
    }

    private static string Key(string stateName, GrainId grain) => $"{stateName}/{grain}";
}
