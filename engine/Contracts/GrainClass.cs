using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using ToolRuntime.Engine.Activations;
using ToolRuntime.Engine.State;

namespace ToolRuntime.Engine.Contracts;

/// <summary>A grain class: its name, how it is made and what it asks for. Found out once.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInvoker constructor;
    private readonly Func<Activation, object?>[] arguments;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? DefaultName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        HasOnDeactivate = Overrides(type, nameof(IGrainBase.OnDeactivateAsync));
        HasOnActivate = Overrides(type, nameof(IGrainBase.OnActivateAsync));
        Interfaces = [.. type.GetInterfaces().Where(face => face != typeof(IGrain) && face != typeof(IGrainWithStringKey) && typeof(IGrain).IsAssignableFrom(face))];

        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
            throw new OrleansConfigurationException($"Grain class {type} needs exactly one public constructor.");
        constructor = ConstructorInvoker.Create(constructors[0]);
        arguments = [.. constructors[0].GetParameters().Select(Argument)];
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public bool HasOnActivate { get; }

    public bool HasOnDeactivate { get; }

    public IReadOnlyList<Type> Interfaces { get; }

    public static bool Is(Type type) => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(type);

    /// <summary>Makes an instance in a turn of its activation.</summary>
    public IGrainBase Create(Activation activation)
    {
        if (arguments.Length == 0)
            return (IGrainBase)constructor.Invoke();
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = arguments[i](activation);
        return (IGrainBase)constructor.Invoke(values.AsSpan());
    }

    private static string DefaultName(Type type)
    {
        const string suffix = "Grain";
        var name = type.Name.EndsWith(suffix, StringComparison.Ordinal) && type.Name.Length > suffix.Length ? type.Name[..^suffix.Length] : type.Name;
        return name.ToLowerInvariant();
    }

    private static bool Overrides(Type type, string method)
    {
        var map = type.GetInterfaceMap(typeof(IGrainBase));
        var index = Array.FindIndex(map.InterfaceMethods, declared => declared.Name == method);
        var declaring = map.TargetMethods[index].DeclaringType;
        return declaring != typeof(Grain) && declaring != typeof(IGrainBase);
    }

    private static Func<Activation, object?> Argument(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
            return PersistentStateFactory.For(type, state);
        if (type == typeof(IGrainContext))
            return static activation => activation;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
            return activation => activation.ActivationServices.GetRequiredKeyedService(type, keyed.Key);
        if (parameter.HasDefaultValue)
            return activation => activation.ActivationServices.GetService(type) ?? parameter.DefaultValue;
        return activation => activation.ActivationServices.GetRequiredService(type);
    }
}
