using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Schemas;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>The tools of this silo, by name; made once, refuses descriptors that are wrong.</summary>
internal sealed class ToolCatalog
{
    private readonly FrozenDictionary<string, Registration> tools;

    /// <exception cref="InvalidOperationException">Two tools share a name, or a descriptor is wrong; the message says which.</exception>
    public ToolCatalog(IEnumerable<ITool> tools)
    {
        var byName = new Dictionary<string, Registration>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            if (!byName.TryAdd(tool.Descriptor.Name, new(tool, Compile(tool.Descriptor))))
            {
                throw new InvalidOperationException($"Two tools are named '{tool.Descriptor.Name}'.");
            }
        }

        this.tools = byName.ToFrozenDictionary(StringComparer.Ordinal);
        Descriptors = [.. byName.Values.Select(registration => registration.Tool.Descriptor).OrderBy(descriptor => descriptor.Name, StringComparer.Ordinal)];
    }

    /// <summary>Every tool, by name.</summary>
    public ImmutableArray<ToolDescriptor> Descriptors { get; }

    public ITool? Find(string name) => tools.GetValueOrDefault(name)?.Tool;

    /// <summary>Null when the arguments fit the tool's schema.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tool.</exception>
    public SchemaViolation? Validate(string name, JsonText arguments)
    {
        try
        {
            return tools[name].Schema.Validate(arguments.ToElement());
        }
        catch (JsonException e)
        {
            return new("", e.Message);
        }
    }

    private static JsonSchema Compile(ToolDescriptor descriptor)
    {
        var wrong = descriptor switch
        {
            _ when !EntityId.IsValid(descriptor.Name) => "its name is not allowed",
            { Description: "" } => "it has no description",
            { TimeoutMs: <= 0 } => "its time-out is not positive",
            { EstimatedMs: <= 0 } => "its estimate is not positive",
            { CacheSeconds: < 0 } => "its cache time is negative",
            _ => null,
        };
        if (wrong is not null) throw new InvalidOperationException($"Tool '{descriptor.Name}': {wrong}.");

        try
        {
            return JsonSchema.Compile(descriptor.Parameters);
        }
        catch (Exception e) when (e is SchemaException or JsonException)
        {
            throw new InvalidOperationException($"Tool '{descriptor.Name}': its schema of arguments is wrong: {e.Message}", e);
        }
    }

    private sealed record Registration(ITool Tool, JsonSchema Schema);
}
