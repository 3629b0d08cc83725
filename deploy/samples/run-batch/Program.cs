using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;
using StackExchange.Redis;
using ToolRuntime;
using ToolRuntime.Commands;
using ToolRuntime.Sessions;
using ToolRuntime.Streams;
using ToolRuntime.Streams.Redis;

// Runs a batch of two tools in a session of its own and prints the session's events: dotnet run --project deploy/samples/run-batch -- localhost:6379
var redis = ConfigurationOptions.Parse(args is [var address, ..] ? address : "localhost:6379");
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<IConnectionMultiplexer>(await ConnectionMultiplexer.ConnectAsync(redis));
builder.Services.AddRedisLiveStreams(SessionStreams.Provider);
builder.UseOrleansClient(client => client
    .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("toolruntime", "toolruntime"))
    .UseRedisClustering(clustering => clustering.ConfigurationOptions = redis)
    .AddLiveStreams(SessionStreams.Provider));
using var host = builder.Build();
await host.StartAsync();
var cluster = host.Services.GetRequiredService<IClusterClient>();
var (key, ended) = (new SessionKey("dev", EntityId.New("sample")).ToString(), new TaskCompletionSource());
var events = cluster.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, key));
await events.SubscribeAsync((frame, _) =>
{
    foreach (var one in frame.Events) Console.WriteLine(Encoding.UTF8.GetString(one.Json.Span));
    if (frame.Events.Any(one => one.Type is "batch.completed" or "batch.failed" or "batch.timeout" or "batch.cancelled")) ended.TrySetResult();
    return Task.CompletedTask;
});
var batch = new RunTools([new("shell", new("""{"command":"echo Hello from the cluster"}""")), new("computer", JsonText.EmptyObject)]);
var reply = await cluster.GetGrain<ISessionGrain>(key).ExecuteAsync(EntityId.New("cmd"), batch, new Caller("sample"));
if (reply.Error is { } refusal) throw new InvalidOperationException(refusal.Message);
await ended.Task.WaitAsync(TimeSpan.FromMinutes(1));
await host.StopAsync();
