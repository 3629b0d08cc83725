using Orleans.Placement;

namespace ToolRuntime.Placement;

/// <summary>A session's grain and those of its messages, batches and executions live on one silo.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class SessionPlacementStrategy : PlacementStrategy
{
    public static SessionPlacementStrategy Instance { get; } = new();
}

/// <summary>Marks grains whose key begins with <c>tenant/session</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
internal sealed class SessionPlacementAttribute() : PlacementAttribute(SessionPlacementStrategy.Instance);
