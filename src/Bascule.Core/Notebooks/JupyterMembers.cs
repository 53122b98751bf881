namespace Bascule.Core.Notebooks;

/// <summary>Where the members of one object stand, to take some of them out with the commas that belong to them.</summary>
/// <param name="start">Of the object's brace.</param>
internal sealed class JupyterMembers(int start)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(int Start, int End, bool Goes)> _members = [];
    private bool _someGo;

    /// <summary>False when the object has one of that name already.</summary>
    public bool Begin(string name) => _names.Add(name);

    public void Add(int from, int to, bool goes)
    {
        _members.Add((from, to, goes));
        _someGo |= goes;
    }

    /// <param name="end">Of the object's other brace.</param>
    public void CutInto(List<JupyterFile.Cut> cuts, int end)
    {
        if (!_someGo)
            return;
        var lastKept = _members.FindLastIndex(member => !member.Goes);
        if (lastKept < 0)
        {
            cuts.Add(new JupyterFile.Cut(start + 1, end, []));
            return;
        }
        for (var i = 0; i < lastKept; i++)
            if (_members[i].Goes)
                cuts.Add(new JupyterFile.Cut(_members[i].Start, _members[i + 1].Start, []));
        if (lastKept < _members.Count - 1)
            cuts.Add(new JupyterFile.Cut(_members[lastKept].End, _members[^1].End, []));
    }
}
