using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ToolRuntime.Tools.Functions;

/// <summary>
/// Any <see cref="AIFunction"/> as a tool. It finds the attempt's <see cref="IToolContext"/> in <see cref="AIFunctionArguments.Context"/>
/// under its type, and a service scope of the call's own in <see cref="AIFunctionArguments.Services"/>. What it throws, the runner turns
/// into a failure.
/// </summary>
internal sealed class AIFunctionTool(AIFunction function, ToolFunctionOptions options, IServiceProvider services) : ITool
{
    public ToolDescriptor Descriptor { get; } = Describe(function, options);

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var arguments = new AIFunctionArguments(StringComparer.Ordinal)
        {
            Services = scope.ServiceProvider,
            Context = new Dictionary<object, object?> { [typeof(IToolContext)] = context },
        };
        foreach (var argument in call.Arguments.EnumerateObject()) arguments[argument.Name] = argument.Value;
        return FunctionResult.Of(await function.InvokeAsync(arguments, cancellationToken), function.JsonSerializerOptions);
    }

    private static ToolDescriptor Describe(AIFunction function, ToolFunctionOptions options)
    {
        var name = options.Name ?? function.Name;
        var description = options.Description ?? function.Description;
        return new()
        {
            Name = name,
            Description = string.IsNullOrWhiteSpace(description) ? name : description,
            Parameters = FunctionSchema.Parameters(function.JsonSchema),
            TimeoutMs = (int?)options.Timeout?.TotalMilliseconds,
            Idempotency = options.Idempotency,
            NeedsApproval = options.NeedsApproval || function.GetService<ApprovalRequiredAIFunction>() is not null,
            CacheSeconds = (int)options.CacheFor.TotalSeconds,
            EstimatedMs = (int)options.Estimate.TotalMilliseconds,
        };
    }
}
