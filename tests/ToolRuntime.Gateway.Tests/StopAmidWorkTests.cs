using System.Diagnostics;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests;

/// <summary>A server that is stopped in the moment in which a tool ends: the wake-ups that come too late are no errors.</summary>
public sealed class StopAmidWorkTests : IDisposable
{
    private const int Rounds = 20;
    private const string Run = """{"type":"tools.run","calls":[{"tool":"shell","arguments":{"command":"true"}}]}""";

    private int ended;
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly ActivityListener listener;

    public StopAmidWorkTests()
    {
        listener = new()
        {
            ShouldListenTo = source => source.Name == "ToolRuntime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace && activity.OperationName == "execute_tool") Interlocked.Increment(ref ended);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Stop_AsAToolEnds_LogsNoErrors()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var world = await RealWorld.StartAsync();
            using var http = world.Http();
            using var request = HttpCaller.Post("/v1/sessions/s1/commands", Run);
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            using var response = await http.SendAsync(request);
            await WireAssert.EventuallyAsync(() => Volatile.Read(ref ended) > round);
        } // the world stops, and looks whether errors were logged
    }
}
