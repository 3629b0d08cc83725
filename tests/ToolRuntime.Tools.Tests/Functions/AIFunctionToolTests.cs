using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Tools.Functions;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Functions;

public sealed class AIFunctionToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeToolContext context;

    public AIFunctionToolTests() => context = new(folder.Workspace);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Descriptor_Method_HasItsNameDescriptionAndSchemaWithoutDefault()
    {
        var descriptor = Tool(services => services.AddToolFunction(AIFunctionFactory.Create(Add))).Descriptor;

        Assert.Equal("Add", descriptor.Name);
        Assert.Equal("Adds two numbers.", descriptor.Description);
        var schema = descriptor.Parameters.ToElement();
        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.Equal("integer", schema.GetProperty("properties").GetProperty("first").GetProperty("type").GetString());
        Assert.Equal(["first"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.DoesNotContain("default", descriptor.Parameters.Json, StringComparison.Ordinal);
        Assert.DoesNotContain("cancellation", descriptor.Parameters.Json, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Descriptor_Options_AreTaken()
    {
        var descriptor = Tool(services => services.AddToolFunction(AIFunctionFactory.Create(Add), options =>
        {
            options.Name = "math.add";
            options.Description = "Sums.";
            options.Idempotency = Idempotency.Yes;
            options.NeedsApproval = true;
            options.CacheFor = TimeSpan.FromMinutes(5);
            options.Timeout = TimeSpan.FromSeconds(3);
            options.Estimate = TimeSpan.FromMilliseconds(20);
        })).Descriptor;

        var expected = new ToolDescriptor
        {
            Name = "math.add",
            Description = "Sums.",
            Parameters = descriptor.Parameters,
            Idempotency = Idempotency.Yes,
            NeedsApproval = true,
            CacheSeconds = 300,
            TimeoutMs = 3_000,
            EstimatedMs = 20,
        };
        Assert.Equal(expected, descriptor);
    }

    [Fact]
    public void Descriptor_ApprovalRequiredFunction_NeedsApproval() =>
        Assert.True(Tool(services => services.AddToolFunction(new ApprovalRequiredAIFunction(AIFunctionFactory.Create(Add)))).Descriptor.NeedsApproval);

    [Fact]
    public async Task ExecuteAsync_Arguments_AreBoundByName()
    {
        var tool = Tool(services => services.AddToolFunction(AIFunctionFactory.Create(Add)));

        var both = await RunAsync(tool, """{"second":5,"first":2}""");
        var one = await RunAsync(tool, """{"first":2}""");

        Assert.Equal("""{"value":7}""", both.Result.Json);
        Assert.Equal("""{"value":42}""", one.Result.Json);
        Assert.Equal("42", one.Summary);
    }

    [Fact]
    public async Task ExecuteAsync_Context_IsTheAttemptsAndServicesAreOfTheCall()
    {
        var tool = Tool(services => services.AddScoped<Greeter>().AddToolFunction("greet", "Greets.", async (string name, [FromServices] Greeter greeter, IToolContext call) =>
        {
            await call.ReportProgressAsync("greeting");
            return greeter.Greet(name);
        }));

        var first = await RunAsync(tool, """{"name":"Ada"}""");
        var second = await RunAsync(tool, """{"name":"Bob"}""");

        Assert.Equal("""{"text":"Hello Ada, 1"}""", first.Result.Json);
        Assert.Equal("""{"text":"Hello Bob, 1"}""", second.Result.Json);
        Assert.Equal(["greeting", "greeting"], context.Progress.Select(step => step.Stage));
        Assert.Equal(["name"], tool.Descriptor.Parameters.ToElement().GetProperty("properties").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task ExecuteAsync_Cancelled_FunctionSeesIt()
    {
        using var cancel = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        var tool = Tool(services => services.AddToolFunction("wait", "Waits.", async (CancellationToken token) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }));

        var call = tool.ExecuteAsync(FakeToolContext.Call("wait", "{}"), context, cancel.Token);
        await running.Task.WaitAsync(Wait.Timeout);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Wait.Timeout));
    }

    [Fact]
    public async Task ExecuteAsync_FunctionThrows_ExceptionIsItsOwn()
    {
        var tool = Tool(services => services.AddToolFunction("fail", "Fails.", string () => throw new TimeoutException("too slow")));

        var thrown = await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(tool, "{}"));

        Assert.Equal("too slow", thrown.Message);
    }

    [Theory]
    [MemberData(nameof(Returned))]
    public void Of_Value_IsAnObject(object? returned, string result, string summary)
    {
        var made = FunctionResult.Of(returned, AIJsonUtilities.DefaultOptions);

        Assert.Null(made.Error);
        Assert.Equal((result, summary), (made.Result.Json, made.Summary));
    }

    public static TheoryData<object?, string, string> Returned => new()
    {
        { null, "{}", "done" },
        { "", """{"text":""}""", "done" },
        { "two\nlines", """{"text":"two\nlines"}""", "two" },
        { new TextContent("hello"), """{"text":"hello"}""", "hello" },
        { JsonElement.Parse("null"), "{}", "done" },
        { JsonElement.Parse("\"hi\""), """{"text":"hi"}""", "hi" },
        { JsonElement.Parse("""{"a":1}"""), """{"a":1}""", """{"a":1}""" },
        { JsonElement.Parse("[1,2]"), """{"value":[1,2]}""", "[1,2]" },
        { true, """{"value":true}""", "true" },
        { new string('x', 199) + "😀", $$"""{"text":"{{new string('x', 199)}}\uD83D\uDE00"}""", new string('x', 199) + "…" },
    };

    [Fact]
    public void Of_ToolResult_IsItself()
    {
        var failure = ToolResult.Failure(new("no_such_city", "There is no such city."));

        Assert.Same(failure, FunctionResult.Of(failure, AIJsonUtilities.DefaultOptions));
    }

    [Theory]
    [InlineData("true", """{"type":"object","properties":{}}""")]
    [InlineData("false", """{"type":"object","properties":{},"additionalProperties":false}""")]
    [InlineData("""{"properties":{"a":{}}}""", """{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"object","default":{},"properties":{"default":{"type":"string","default":"x"}}}""", """{"type":"object","properties":{"default":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","anyOf":[{"default":1},true],"items":{"default":2},"$defs":{"d":{"default":3}}}""", """{"type":"object","properties":{},"anyOf":[{},true],"items":{},"$defs":{"d":{}}}""")]
    [InlineData("""{"type":"object","const":{"default":1},"enum":[{"default":1}]}""", """{"type":"object","properties":{},"const":{"default":1},"enum":[{"default":1}]}""")]
    public void Parameters_Schema_LosesItsDefaultsAndHasProperties(string schema, string expected) =>
        Assert.Equal(expected, FunctionSchema.Parameters(JsonElement.Parse(schema)).Json);

    [Description("Adds two numbers.")]
    private static int Add(int first, int second = 40, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return first + second;
    }

    private static ITool Tool(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        return Assert.Single(services.BuildServiceProvider().GetServices<ITool>());
    }

    private Task<ToolResult> RunAsync(ITool tool, string arguments) => tool.ExecuteAsync(FakeToolContext.Call(tool.Descriptor.Name, arguments), context, default);

    private sealed class Greeter
    {
        private int greeted;

        public string Greet(string name) => $"Hello {name}, {++greeted}";
    }
}
