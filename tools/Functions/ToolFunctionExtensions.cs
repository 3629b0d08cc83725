using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ToolRuntime.Tools.Functions;

/// <summary>Registers functions as tools. Two tools of one name, and schemas that can't be used, stop the host at its start.</summary>
public static class ToolFunctionExtensions
{
    /// <summary>
    /// Adds a function as a tool. Its name, description and schema become the descriptor's, without <c>default</c>. A returned object is
    /// the result as it is, text is <c>{"text": ..}</c>, any other value <c>{"value": ..}</c>; what it throws is the execution's failure.
    /// It is cancelled as any tool is.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="function">The function. <see cref="AIFunctionArguments.Services"/> is a scope of each call's own.</param>
    /// <param name="configure">What the function can't say of itself: idempotent, approval, cache, time-out.</param>
    public static IServiceCollection AddToolFunction(
        this IServiceCollection services, AIFunction function, Action<ToolFunctionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return services.AddToolFunction(_ => function, configure);
    }

    /// <summary>
    /// Adds a function that needs services to be made. See
    /// <see cref="AddToolFunction(IServiceCollection, AIFunction, Action{ToolFunctionOptions})"/>.
    /// </summary>
    public static IServiceCollection AddToolFunction(
        this IServiceCollection services, Func<IServiceProvider, AIFunction> create, Action<ToolFunctionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(create);
        var options = new ToolFunctionOptions();
        configure?.Invoke(options);
        return services.AddSingleton<ITool>(provider => new AIFunctionTool(create(provider), options, provider));
    }

    /// <summary>
    /// Adds a method as a tool. Its parameters are the tool's arguments, but for an <see cref="IToolContext"/>, a
    /// <see cref="CancellationToken"/>, and services marked <c>[FromServices]</c> or <c>[FromKeyedServices]</c>.
    /// </summary>
    public static IServiceCollection AddToolFunction(
        this IServiceCollection services, string name, string description, Delegate method, Action<ToolFunctionOptions>? configure = null)
    {
        var options = new AIFunctionFactoryOptions { Name = name, Description = description, ConfigureParameterBinding = Bind };
        return services.AddToolFunction(AIFunctionFactory.Create(method, options), configure);
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Bind(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(IToolContext))
        {
            return new() { ExcludeFromSchema = true, BindParameter = static (_, arguments) => arguments.Context?[typeof(IToolContext)] };
        }

        return parameter.GetCustomAttributes().OfType<IFromServiceMetadata>().Any()
            ? new()
            {
                ExcludeFromSchema = true,
                BindParameter = static (parameter, arguments) => arguments.Services!.GetRequiredService(parameter.ParameterType),
            }
            : default;
    }
}
