using System.Reflection;
using Bascule.Core.Work;
using Bascule.Storage;

namespace Bascule.Server.Tests.World;

/// <summary>A work store that can be read and takes nothing.</summary>
public class FullDisk : DispatchProxy
{
    private IWorkStore? _inner;

    public static IWorkStore Over(IWorkStore inner)
    {
        var store = Create<IWorkStore, FullDisk>();
        ((FullDisk)(object)store)._inner = inner;
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IWorkStore.ApplyAsync)
            ? throw new StorageException("the disk is full; free space")
            : targetMethod.Invoke(_inner, args);
}
