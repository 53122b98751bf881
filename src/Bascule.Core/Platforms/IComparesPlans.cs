namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform whose plan is compared with what it holds: what a merge would change there is known to nobody who only reads the commit, so a pull request
/// shows it.
/// </summary>
public interface IComparesPlans : IPlansApart;
