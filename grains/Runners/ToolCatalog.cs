using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>Where arguments do not fit a schema: a path into them, and the reason.</summary>
internal sealed record ArgumentsFault(string Path, string Reason);

/// <summary>Compiles a schema into a check of arguments that gives null when they fit.</summary>
internal delegate Func<JsonElement, ArgumentsFault?> SchemaCompiler(JsonText schema);

/// <summary>The tools of this silo, by name; made once, refuses descriptors that are wrong.</summary>
internal sealed class ToolCatalog
{
    private readonly FrozenDictionary<string, Registration> tools;

    /// <exception cref="InvalidOperationException">Two tools share a name, or a descriptor is wrong; the message says which.</exception>
    public ToolCatalog(IEnumerable<ITool> tools, SchemaCompiler compile)
    {
        var byName = new Dictionary<string, Registration>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            if (!byName.TryAdd(tool.Descriptor.Name, new(tool, Check(tool.Descriptor, compile))))
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
    public ArgumentsFault? Validate(string name, JsonText arguments)
    {
        try
        {
            return tools[name].Validate(arguments.ToElement());
        }
        catch (JsonException e)
        {
            return new("", e.Message);
        }
    }

    private static Func<JsonElement, ArgumentsFault?> Check(ToolDescriptor descriptor, SchemaCompiler compile)
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
            return compile(descriptor.Parameters);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Tool '{descriptor.Name}': its schema of arguments is wrong: {e.Message}", e);
        }
    }

    private sealed record Registration(ITool Tool, Func<JsonElement, ArgumentsFault?> Validate);
}
