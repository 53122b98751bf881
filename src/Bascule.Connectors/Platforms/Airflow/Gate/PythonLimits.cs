namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>What reading a tree's files may cost. Beyond it the gate refuses; it never takes for fine what it has not read (THREATS T131).</summary>
public sealed record PythonLimits
{
    /// <summary>Bytes of address space, each process.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>From start to end, on the clock; and of processor time.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Processor time for one file.</summary>
    public TimeSpan TimeOfOne { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that it may answer.</summary>
    public int Answer { get; init; } = 64 << 20;
}
