using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;
using Orleans.TestingHost;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Models;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Streams;
using ToolRuntime.Tools;

namespace ToolRuntime.LoadExample.Tests;

/// <summary>Silos in this process, with tools of yours; their sessions are in one log.</summary>
internal sealed class LoadCluster : IAsyncDisposable
{
    private const string Tenant = "load";

    private static readonly Caller Someone = new("someone");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("load-example-");
    private readonly ServiceProvider store;

    private LoadCluster(short silos, IReadOnlyCollection<ITool> tools)
    {
        // The log is what silos of a cluster share; in production that is Redis.
        store = new ServiceCollection().AddLogging().AddSqliteSessionLog(log => log.Path = folder.FullName).BuildServiceProvider();
        Silos = new InProcessTestClusterBuilder(silos)
            .ConfigureClient(client => client.AddLiveStreams(SessionStreams.Provider))
            .ConfigureSiloHost((_, host) => Configure(host, tools))
            .ConfigureSilo((_, silo) => silo
                .AddLiveStreams(SessionStreams.Provider)
                .AddMemoryGrainStorage(SessionStreams.GrainStorage)
                .AddMemoryGrainStorage(GrainStates.Storage)
                .UseInMemoryReminderService()
                .UseSessionPlacement())
            .Build();
    }

    public InProcessTestCluster Silos { get; }

    public static async Task<LoadCluster> StartAsync(short silos, params ITool[] tools)
    {
        var cluster = new LoadCluster(silos, tools);
        await cluster.Silos.DeployAsync();
        return cluster;
    }

    /// <summary>Runs a batch in a session, and follows the session's events to the batch's end.</summary>
    public async Task<BatchWatch> RunAsync(string session, params ToolInvocation[] calls)
    {
        var (key, watch) = (new SessionKey(Tenant, session).ToString(), new BatchWatch());
        var events = Silos.Client.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, key));
        var subscription = await events.SubscribeAsync((frame, _) =>
        {
            watch.Take(frame);
            return Task.CompletedTask;
        });
        try
        {
            await AcceptAsync(key, new RunTools([.. calls]));
            await watch.Ended;
            return watch;
        }
        finally
        {
            await subscription.UnsubscribeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Repeats the command under its id until it is no longer refused for now, as every caller should: a silo that stops answers nothing.</summary>
    private async Task AcceptAsync(string key, SessionCommand command)
    {
        var id = EntityId.New("cmd");
        while (true)
        {
            try
            {
                var reply = await Silos.Client.GetGrain<ISessionGrain>(key).ExecuteAsync(id, command, Someone);
                if (reply.Error is null) return;
                if (!reply.Error.Retryable) throw new InvalidOperationException(reply.Error.Message);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // The silo is going, and the session with it.
            }

            await Task.Yield();
        }
    }

    private void Configure(IHostApplicationBuilder host, IReadOnlyCollection<ITool> tools)
    {
        host.Services.AddSingleton(store.GetRequiredService<ISessionLog>());
        foreach (var tool in tools) host.Services.AddSingleton(tool);
        host.Services.AddToolRunners(runners => runners.GraceSeconds = 10, workspaces => workspaces.Path = folder.FullName);
        var defaults = new ConfigurationBuilder().Build();
        host.Services.AddToolRuntimeGrains(defaults, defaults);
        host.Services.AddModels(defaults, defaults);
    }
}
