// Runs before the first paint, so that a remembered theme does not flash.
(() => {
	try {
		const theme = localStorage.getItem('hindspan.theme');
		if (theme === 'light' || theme === 'dark') {
			document.documentElement.dataset.theme = theme;
		}
	}
	catch {
		// Storage may be forbidden; the system's theme is right then.
	}
})();
