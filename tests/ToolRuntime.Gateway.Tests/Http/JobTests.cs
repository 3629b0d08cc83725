using System.Net;
using ToolRuntime.Commands;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests.Http;

public class JobTests
{
    private const string Execute = "/v1/tools/execute";

    [Fact]
    public async Task Execute_Sync_AnswersWithTheEndedExecution()
    {
        await using var world = await World.StartAsync();
        RunTools? run = null;
        world.Sessions.Execute = async (_, command) =>
        {
            run = (RunTools)command;
            world.Log.Append(World.Key("s1"), ("batch.started", "b1", "\"batchId\":\"b1\""));
            await world.PublishAsync("s1", ("tool.completed", "x1", "\"batchId\":\"b1\""), ("batch.completed", "b1", "\"batchId\":\"b1\""));
            return new(new("""{"batchId":"b1","executionIds":["x1"],"seq":1}"""), null);
        };

        var (status, body) = await world.PostAsync(Execute, """{"tool":"shell","arguments":{"command":"ls"},"session":"s1","timeoutMs":500}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("s1:b1", "x1", "shell"), (body.GetProperty("jobId").GetString(), body.GetProperty("executionId").GetString(), body.GetProperty("name").GetString()));
        var call = Assert.Single(run!.Calls);
        Assert.Equal(("shell", """{"command":"ls"}""", 500), (call.Tool, call.Arguments.Json, call.TimeoutMs));
    }

    [Fact]
    public async Task Execute_AsyncWithoutSession_NamesTheSameJobForTheSameKey()
    {
        await using var world = await World.StartAsync();
        world.Sessions.Execute = (_, _) => Task.FromResult(new SessionReply<JsonText>(new("""{"batchId":"b1","executionIds":["x1"],"seq":1}"""), null));

        var (status, first) = await world.PostAsync(Execute, """{"tool":"shell","arguments":{},"mode":"async"}""", "k1");
        var (_, again) = await world.PostAsync(Execute, """{"tool":"shell","arguments":{},"mode":"async"}""", "k1");
        var (_, other) = await world.PostAsync(Execute, """{"tool":"shell","arguments":{},"mode":"async"}""");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Matches("^job_[0-9a-f]{32}:b1$", first.GetProperty("jobId").GetString());
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.NotEqual(first.GetRawText(), other.GetRawText());
    }

    [Theory]
    [InlineData("""{"arguments":{}}""")]
    [InlineData("""{"tool":"shell"}""")]
    [InlineData("""{"tool":"shell","arguments":{},"mode":"later"}""")]
    [InlineData("""{"tool":"shell","arguments":{},"timeoutMs":"soon"}""")]
    [InlineData("""{"tool":"shell","arguments":{},"session":"no/good"}""")]
    public async Task Execute_WrongBody_IsRefused(string body)
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.PostAsync(Execute, body), HttpStatusCode.BadRequest, "invalid_command");
    }

    [Fact]
    public async Task Execute_SessionRefuses_PassesTheRefusalOn()
    {
        await using var world = await World.StartAsync();
        world.Sessions.Execute = (_, _) => Task.FromResult(new SessionReply<JsonText>(default, new(ErrorCode.InvalidArguments, "no")));

        HttpCaller.AssertError(await world.PostAsync(Execute, """{"tool":"shell","arguments":{}}"""), HttpStatusCode.UnprocessableEntity, "invalid_arguments");
    }

    [Fact]
    public async Task Get_Job_GivesTheBatchWithItsExecutions()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        world.Sessions.View = """{"batches":{"b1":{"state":"executing","total":1,"executions":["x1"]}},"executions":{"x1":{"name":"shell"},"x2":{"name":"other"}}}""";

        var (status, job) = await world.GetAsync("/v1/jobs/s1:b1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("s1:b1", "executing"), (job.GetProperty("jobId").GetString(), job.GetProperty("state").GetString()));
        Assert.Equal("x1", Assert.Single(job.GetProperty("executions").EnumerateObject()).Name);
        foreach (var missing in (string[])["s1:b2", "none:b1", "nonsense", "a:b:c"]) HttpCaller.AssertError(await world.GetAsync($"/v1/jobs/{missing}"), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Stream_Job_GivesItsEventsUntilItsEnd()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", ("tool.output", "y1", "\"batchId\":\"b0\""), ("batch.started", "b1", "\"batchId\":\"b1\""));
        using var stream = await EventStreamClient.GetAsync(world, "/v1/jobs/s1:b1/events");

        await world.PublishAsync("s1", ("tool.output", "y1", "\"batchId\":\"b0\",\"text\":\"b1\""), ("tool.failed", "x1", "\"batchId\":\"b1\""), ("batch.completed", "b0", "\"batchId\":\"b0\""), ("batch.failed", "b1", "\"batchId\":\"b1\""));
        var events = await stream.ReadToEndAsync();

        Assert.Equal(["epoch1:2", "epoch1:4", "epoch1:6", null], events.Select(@event => @event.Id));
        Assert.Equal("failed", events[^1].Data.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("epoch1:1", "epoch1:2")]
    [InlineData("epoch1:2", "epoch1:3")]
    [InlineData("epoch1:99", "epoch1:2")] // beyond the head
    [InlineData("other:1", "epoch1:2")]
    public async Task Stream_JobThatHasEnded_EndsWhateverThePositionSays(string position, string first)
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", ("tool.output", "y1", "\"batchId\":\"b0\""), ("batch.started", "b1", "\"batchId\":\"b1\""), ("batch.failed", "b1", "\"batchId\":\"b1\""));
        using var stream = await EventStreamClient.GetAsync(world, "/v1/jobs/s1:b1/events", position);

        var events = await stream.ReadToEndAsync();

        Assert.Equal((first, "end"), (events[0].Id, events[^1].Type));
    }

    [Fact]
    public async Task Cancel_Job_CancelsTheBatch()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        SessionCommand? got = null;
        world.Sessions.Execute = (_, command) =>
        {
            got = command;
            return Task.FromResult(new SessionReply<JsonText>(new("""{"seq":2}"""), null));
        };

        var (status, _) = await world.PostAsync("/v1/jobs/s1:b1/cancel", "");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(new CancelBatch("b1"), got);
    }
}
