using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using ToolRuntime.Engine.Calls;

namespace ToolRuntime.Engine.Contracts;

/// <summary>A grain interface: its methods and a prototype of its references. Made once per process.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, GrainInterface> Known = new();

    private readonly FrozenDictionary<MethodInfo, GrainMethod> methods;
    private readonly GrainReference prototype;

    private GrainInterface(Type type)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is not a grain interface.", nameof(type));
        Type = type;
        methods = type.GetInterfaces().Append(type).SelectMany(face => face.GetMethods()).Where(method => method.IsAbstract)
            .ToFrozenDictionary(method => method, GrainMethod.Of);
        prototype = (GrainReference)DispatchProxy.Create(type, typeof(GrainProxy));
    }

    public Type Type { get; }

    public string Name => Type.Name;

    public IEnumerable<MethodInfo> Methods => methods.Keys;

    public static GrainInterface Of(Type type) => Known.GetOrAdd(type, static type => new(type));

    public GrainReference Refer(CallRuntime runtime, GrainId id) => prototype.Clone(this, runtime, id);

    public GrainMethod Method(MethodInfo method) => methods[method];
}

/// <summary>What DispatchProxy derives the references from.</summary>
internal class GrainProxy : GrainReference;
