using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace ToolRuntime.Engine.Contracts;

/// <summary>All grain classes of the process. Looked for once, when first needed.</summary>
internal sealed class GrainClasses
{
    private static readonly Lazy<GrainClasses> Process = new(() => new(GrainAssemblies.Find().SelectMany(assembly => assembly.GetTypes())));

    private readonly FrozenDictionary<GrainType, GrainClass> byName;
    private readonly FrozenDictionary<Type, GrainClass[]> byInterface;
    private readonly ConcurrentDictionary<(Type, string?), GrainType> resolved = new();

    private readonly Lazy<IReadOnlyList<string>> violations;

    public GrainClasses(IEnumerable<Type> types)
    {
        var classes = types.Where(GrainClass.Is).Select(type => new GrainClass(type)).ToArray();
        if (classes.GroupBy(grain => grain.GrainType).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new OrleansConfigurationException($"Grain type \"{twice.Key}\" is claimed by {string.Join(" and ", twice.Select(grain => grain.Type))}; give one a [GrainType].");
        byName = classes.ToFrozenDictionary(grain => grain.GrainType);
        byInterface = classes.SelectMany(grain => grain.Interfaces, (grain, face) => (grain, face))
            .GroupBy(pair => pair.face, pair => pair.grain)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        violations = new(() => ContractRules.Violations(byInterface.Keys));
    }

    public static GrainClasses OfProcess => Process.Value;

    public GrainClass? Find(GrainType type) => byName.GetValueOrDefault(type);

    /// <summary>The grain type that serves an interface.</summary>
    public GrainType Serving(Type face, string? classPrefix) => resolved.GetOrAdd((face, classPrefix), static (key, classes) => classes.Resolve(key.Item1, key.Item2), this);

    /// <exception cref="OrleansConfigurationException">Types cross calls that may not.</exception>
    public void RequireSoundContracts()
    {
        if (violations.Value.Count > 0)
            throw new OrleansConfigurationException($"The silo does not start, because of types that cross calls:{Environment.NewLine}{string.Join(Environment.NewLine, violations.Value)}");
    }

    private GrainType Resolve(Type face, string? classPrefix)
    {
        var candidates = byInterface.GetValueOrDefault(face, []);
        if (classPrefix is not null)
            candidates = [.. candidates.Where(grain => grain.Type.FullName!.StartsWith(classPrefix, StringComparison.Ordinal))];
        if (candidates.Length > 1)
            candidates = [.. candidates.Where(grain => $"I{grain.Type.Name}" == face.Name)];
        return candidates.Length == 1
            ? candidates[0].GrainType
            : throw new ArgumentException($"Could not find one grain class for interface {face}{(classPrefix is null ? "" : $" with prefix {classPrefix}")}.", nameof(face));
    }
}
