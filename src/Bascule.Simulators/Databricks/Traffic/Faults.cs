using System.Text.RegularExpressions;

namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>The faults that still wait for their requests, oldest first.</summary>
internal sealed class Faults
{
    private readonly List<Pending> _pending = [];
    private readonly Lock _gate = new();

    public void Add(Fault fault)
    {
        lock (_gate)
            _pending.Add(new Pending(fault));
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _pending.Count == 0;
        }
    }

    public void Clear()
    {
        lock (_gate)
            _pending.Clear();
    }

    public Fault? Take(string method, string path, bool fromJob)
    {
        lock (_gate)
        {
            var hit = _pending.Find(p => p.Matches(method, path, fromJob) && p.Due());
            if (hit is not null && --hit.Left == 0)
                _pending.Remove(hit);
            return hit?.Fault;
        }
    }

    private sealed class Pending(Fault fault)
    {
        private readonly Regex _path = new(fault.PathPattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        private int _skip = fault.Skip;

        public Fault Fault => fault;
        public int Left { get; set; } = fault.Times;

        public bool Matches(string method, string path, bool fromJob) =>
            (fault.Method == "*" || fault.Method == method) && (!fromJob || fault.HitsJobs) && _path.IsMatch(path);

        public bool Due() => _skip-- <= 0;
    }
}
